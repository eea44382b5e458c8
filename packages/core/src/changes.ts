import type { Commit, SessionEvent, VariableSet } from "./commit.ts";
import { registeredVariable } from "./evolve.ts";
import { fromPayload, type Payload } from "./payload.ts";
import type { VariableChange } from "./store/watch-store.ts";
import type { Variable } from "./variable.ts";
import { metadataOfWrite } from "./variable-after.ts";

/** Says what a commit did to variables, from the commit alone, so that a live watch and a resumed one tell the same. */
export function changesOf(commit: Commit): VariableChange[] {
  const changes: VariableChange[] = [];
  for (const event of commit.events) {
    const change = changeOf(event, commit);
    if (change !== undefined) changes.push(change);
  }
  return changes;
}

function changeOf(event: SessionEvent, commit: Commit): VariableChange | undefined {
  const { metadata } = commit;
  switch (event.kind) {
    case "variable-registered": {
      const variable = registeredVariable(event, commit);
      return { ...identity(variable), kind: "registered", ...both(event.payload), metadata, variable };
    }
    case "variable-imported": {
      const { variable } = event;
      return { ...identity(variable), kind: "registered", ...both(variable.payload), metadata, variable };
    }
    case "variable-set":
      return updateOf(event, commit);
    case "variable-changed":
    case "staleness-changed": {
      const { variable } = event;
      const kind = event.kind === "variable-changed" ? "changed" : "staleness";
      return { ...identity(variable), kind, ...both(variable.payload), metadata, variable };
    }
    case "dependency-changed": {
      const { causedBy } = event;
      return { kind: "dependency-changed", ...identity(event), ...both({ kind: "null" }), metadata, causedBy };
    }
    case "variable-deleted":
      return { kind: "deleted", ...identity(event), ...both(event.previous ?? { kind: "null" }), metadata };
    default:
      return undefined;
  }
}

function updateOf(event: VariableSet, commit: Commit): VariableChange {
  return {
    kind: "updated",
    ...identity(event),
    ...both(event.payload),
    metadata: metadataOfWrite(event, commit),
    ...(event.previous !== undefined && { oldValue: fromPayload(event.previous), oldPayload: event.previous }),
    // Computed on demand, it has no cause among variables.
    ...(event.causedBy !== undefined && event.causedBy.length > 0 && { causedBy: event.causedBy }),
    ...(event.unchanged !== undefined && { unchanged: event.unchanged }),
  };
}

/** The deletion of a variable along with its session. */
export const deletionWithSession = (variable: Variable, commit: Commit): VariableChange => ({
  kind: "deleted",
  ...identity(variable),
  ...both(variable.payload),
  metadata: commit.metadata,
});

const identity = ({ id, name, version }: { id: string; name: string; version: number }) => ({ id, name, version });
const both = (payload: Payload) => ({ payload, value: fromPayload(payload) });
