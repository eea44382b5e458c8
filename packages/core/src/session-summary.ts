import { changesAccess } from "./access/changes-access.ts";
import type { Commit, SessionEvent } from "./commit.ts";
import type { ValueRecord } from "./payload.ts";
import { defaultTtlMs } from "./session-state.ts";
import { emptyRecord } from "./variable.ts";

/** What a session is listed by: enough to show it, and to know when it expires, without what it holds. */
export interface SessionSummary {
  readonly id: string;
  /** Only what is live is listed. */
  readonly status: "absent" | "live" | "deleted" | "expired";
  readonly epoch: string;
  readonly revision: number;
  readonly createdAtMs: number;
  readonly ttlMs: number;
  readonly metadata: ValueRecord;
  readonly variableCount: number;
  readonly programCount: number;
  readonly totalVariableUpdates: number;
  /** Revision of the last commit that changed an access rule; 0 for none. */
  readonly accessRevision: number;
}

/** Takes the summary of a session, whose records are shared. */
export const summaryOf = (session: SessionSummary): SessionSummary => ({
  id: session.id,
  status: session.status,
  epoch: session.epoch,
  revision: session.revision,
  createdAtMs: session.createdAtMs,
  ttlMs: session.ttlMs,
  metadata: session.metadata,
  variableCount: session.variableCount,
  programCount: session.programCount,
  totalVariableUpdates: session.totalVariableUpdates,
  accessRevision: session.accessRevision,
});

/**
 * Folds one commit into a summary as `evolve` does into the session itself. Gives `undefined` where a summary does not
 * tell what comes of it: whether a program or an imported variable was there already.
 */
export function evolveSummary(summary: SessionSummary, commit: Commit): SessionSummary | undefined {
  let next: SessionSummary | undefined = summary;
  for (const event of commit.events) next = next && applyToSummary(next, event, commit);
  if (next === undefined) return undefined;
  const accessRevision = changesAccess(commit) ? commit.revision : next.accessRevision;
  return { ...next, accessRevision, revision: commit.revision };
}

function applyToSummary(summary: SessionSummary, event: SessionEvent, commit: Commit): SessionSummary | undefined {
  const { epoch, variableCount, programCount, totalVariableUpdates } = summary;
  switch (event.kind) {
    case "session-created":
      return beginning(summary, event, commit);
    case "session-forked": {
      const counts = {
        variableCount: event.from.variables.length,
        programCount: event.from.programs.length,
        totalVariableUpdates: event.from.totalVariableUpdates,
      };
      return { ...beginning(summary, event, commit), ...counts };
    }
    case "session-updated":
      return { ...summary, ttlMs: event.ttlMs, metadata: event.metadata };
    case "session-deleted": {
      const status = event.cause === "session_expired" ? "expired" : "deleted";
      const { createdAtMs } = summary;
      return {
        ...beginning(summary, { epoch, ttlMs: defaultTtlMs, metadata: emptyRecord }, commit),
        createdAtMs,
        status,
      };
    }
    case "variable-registered":
      return { ...summary, variableCount: variableCount + 1, totalVariableUpdates: totalVariableUpdates + 1 };
    case "variable-set":
      return { ...summary, totalVariableUpdates: totalVariableUpdates + 1 };
    case "variable-deleted":
      return { ...summary, variableCount: variableCount - 1 };
    case "program-deleted":
      return { ...summary, programCount: programCount - 1 };
    case "variable-imported":
    case "program-put":
      return undefined;
    default:
      return summary;
  }
}

const beginning = (
  { id, revision }: SessionSummary,
  { epoch, ttlMs, metadata }: Pick<SessionSummary, "epoch" | "ttlMs" | "metadata">,
  { atMs }: Commit,
): SessionSummary => ({
  id,
  status: "live",
  epoch,
  revision,
  createdAtMs: atMs,
  ttlMs,
  metadata,
  variableCount: 0,
  programCount: 0,
  totalVariableUpdates: 0,
  accessRevision: 0,
});
