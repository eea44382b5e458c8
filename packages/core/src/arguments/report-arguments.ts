import type { AuditFilter, AuditTrail } from "../audit/audit-entry.ts";
import { auditOutcomes } from "../audit/audit-entry.ts";
import type { AnalyticsStore } from "../store/analytics-store.ts";
import {
  absentable,
  type CallArguments,
  filled,
  flag,
  list,
  number,
  object,
  oneOf,
  optional,
  options,
  signal,
  text,
  time,
} from "./kind.ts";
import { page, ref, refs, selection, session, times } from "./shared-kinds.ts";

/** What the arguments are of what tells how variables are used. */
export const analyticsArguments: CallArguments<AnalyticsStore> = {
  getVariableStats: [session, ref],
  getVariablesStats: [session, refs],
  getVariablesWithStats: [session, refs, ["options", options({ includeMetadata: flag, includeDependencies: flag })]],
  analyzeUsage: [
    session,
    [
      "options",
      options({
        ...times,
        sessionPattern: filled,
        groupBy: oneOf(["type", "origin", "session", "actor"]),
        top: number,
      }),
    ],
  ],
  getCorrelations: [
    session,
    ["options", options({ ...times, refs: list(text), minPoints: number, minStrength: number })],
  ],
  getImpact: [
    session,
    ["metric", filled],
    ["options", options({ ...times, refs: list(text), optimization: filled, study: filled })],
  ],
  getConvergenceReport: [session, ["search", object({ kind: oneOf(["optimization", "study"]), id: filled })]],
  exportStats: [session, ["format", oneOf(["json", "csv", "prometheus"])], selection],
  watchStats: [session, selection, ["options", options({ intervalMs: number, signal })]],
  reportClientReads: [
    session,
    [
      "reads",
      list(
        object({
          ref: text,
          cacheHits: optional(number),
          cacheMisses: optional(number),
          lastReadAtMs: optional(time),
        }),
      ),
    ],
    ["options", options({ requestId: text })],
  ],
};

const filter = object<AuditFilter>(
  absentable({
    variable: filled,
    study: filled,
    actor: filled,
    callerSession: filled,
    actions: list(text),
    outcomes: list(oneOf(auditOutcomes)),
  }),
);

/** What the arguments are of what tells who did what. */
export const auditArguments: CallArguments<AuditTrail> = {
  listAuditEntries: [session, ["options", options({ ...page, filter, fromMs: time, toMs: time })]],
  watchAudit: [session, ["options", options({ filter, after: filled, signal })]],
};
