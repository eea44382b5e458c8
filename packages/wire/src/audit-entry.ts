import type { AuditBasis, AuditEntry, AuditFilter, AuditOutcome, ErrorReason } from "@trimtab/core";
import { fromWirePermission, toWirePermission } from "./access-rule.ts";
import { Permission } from "./gen/trimtab/v1/access_rule_pb.ts";
import {
  AuditBasis as WireBasis,
  type AuditEntry as WireEntry,
  type AuditFilter as WireFilter,
  AuditOutcome as WireOutcome,
} from "./gen/trimtab/v1/audit_pb.ts";
import { fromKnown } from "./known.ts";
import { fromWireOrigin, toWireOrigin } from "./origin.ts";
import { present } from "./present.ts";
import { fromTimestamp, toTimestamp } from "./time.ts";
import { fromUint64, toUint64 } from "./whole-number.ts";

const wireOutcomes = {
  succeeded: WireOutcome.SUCCEEDED,
  denied: WireOutcome.DENIED,
  refused: WireOutcome.REFUSED,
  failed: WireOutcome.FAILED,
} as const satisfies Record<AuditOutcome, WireOutcome>;

const outcomes = new Map<WireOutcome, AuditOutcome>(
  Object.entries(wireOutcomes).map(([outcome, wire]) => [wire, outcome as AuditOutcome]),
);

const wireBases = {
  owner: WireBasis.OWNER,
  "variable-rule": WireBasis.VARIABLE_RULE,
  "session-rule": WireBasis.SESSION_RULE,
  "no-rule": WireBasis.NO_RULE,
  dependency: WireBasis.DEPENDENCY,
  principal: WireBasis.PRINCIPAL,
  credentials: WireBasis.CREDENTIALS,
  process: WireBasis.PROCESS,
} as const satisfies Record<AuditBasis, WireBasis>;

const bases = new Map<WireBasis, AuditBasis>(
  Object.entries(wireBases).map(([basis, wire]) => [wire, basis as AuditBasis]),
);

/** Puts an entry of an audit on the wire. */
export const toWireAuditEntry = (entry: AuditEntry): WireEntry => ({
  $typeName: "trimtab.v1.AuditEntry",
  id: entry.id,
  recordedAt: toTimestamp(entry.recordedAtMs),
  sessionId: entry.session,
  callerSessionId: entry.callerSession,
  actor: entry.actor,
  principal: entry.principal,
  origin: toWireOrigin(entry.origin),
  peer: { $typeName: "trimtab.v1.AuditPeer", ...entry.peer },
  action: entry.action,
  permission: entry.permission === undefined ? Permission.UNSPECIFIED : toWirePermission(entry.permission),
  variableId: entry.variableId,
  variableName: entry.variableName,
  ...(entry.oldVersion !== undefined && { oldVersion: toUint64(entry.oldVersion) }),
  ...(entry.newVersion !== undefined && { newVersion: toUint64(entry.newVersion) }),
  studyId: entry.study ?? "",
  ...(entry.trial !== undefined && { trialNumber: toUint64(entry.trial) }),
  revision: toUint64(entry.revision),
  outcome: wireOutcomes[entry.outcome],
  reason: entry.reason ?? "",
  basis: entry.basis === undefined ? WireBasis.UNSPECIFIED : wireBases[entry.basis],
  decidingRuleId: entry.decidingRule ?? "",
  requestId: entry.requestId ?? "",
});

/** Reads an entry of an audit. */
export function fromWireAuditEntry(entry: WireEntry): AuditEntry {
  const { address = "", userAgent = "", protocol = "" } = entry.peer ?? {};
  return present({
    id: entry.id,
    recordedAtMs: fromTimestamp(entry.recordedAt, "recorded_at"),
    session: entry.sessionId,
    callerSession: entry.callerSessionId,
    actor: entry.actor,
    principal: entry.principal,
    origin: fromWireOrigin(entry.origin),
    peer: { address, userAgent, protocol },
    action: entry.action,
    permission: entry.permission === Permission.UNSPECIFIED ? undefined : fromWirePermission(entry.permission),
    variableId: entry.variableId,
    variableName: entry.variableName,
    oldVersion: entry.oldVersion === undefined ? undefined : fromUint64(entry.oldVersion, "old_version"),
    newVersion: entry.newVersion === undefined ? undefined : fromUint64(entry.newVersion, "new_version"),
    study: entry.studyId || undefined,
    trial: entry.trialNumber === undefined ? undefined : fromUint64(entry.trialNumber, "trial_number"),
    revision: fromUint64(entry.revision, "revision"),
    outcome: outcomes.get(entry.outcome) ?? "failed",
    reason: entry.reason === "" ? undefined : (entry.reason as ErrorReason),
    basis: bases.get(entry.basis),
    decidingRule: entry.decidingRuleId || undefined,
    requestId: entry.requestId || undefined,
  });
}

/** Puts a filter on the wire. */
export const toWireAuditFilter = (filter: AuditFilter): WireFilter => ({
  $typeName: "trimtab.v1.AuditFilter",
  variable: filter.variable ?? "",
  studyId: filter.study ?? "",
  actor: filter.actor ?? "",
  callerSessionId: filter.callerSession ?? "",
  actions: [...(filter.actions ?? [])],
  outcomes: (filter.outcomes ?? []).map((outcome) => wireOutcomes[outcome]),
});

/**
 * Reads a filter.
 *
 * @throws StoreError `invalid_argument` naming the outcome that is not known here
 */
export const fromWireAuditFilter = (filter: WireFilter | undefined): AuditFilter =>
  filter === undefined
    ? {}
    : present({
        variable: filter.variable || undefined,
        study: filter.studyId || undefined,
        actor: filter.actor || undefined,
        callerSession: filter.callerSessionId || undefined,
        actions: filter.actions,
        outcomes: filter.outcomes.map((outcome, index) =>
          fromKnown(wireOutcomes, outcome, `filter.outcomes[${index}]`),
        ),
      });
