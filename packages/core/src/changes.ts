import type { Commit, SessionEvent } from "./commit.ts";
import { registeredVariable } from "./evolve.ts";
import { fromPayload, type Payload } from "./payload.ts";
import type { VariableChange } from "./store.ts";
import type { Variable } from "./variable.ts";

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
    case "variable-set": {
      const change = { kind: "updated", ...identity(event), ...both(event.payload), metadata } as const;
      return event.previous === undefined ? change : { ...change, oldValue: fromPayload(event.previous) };
    }
    case "variable-changed":
      return {
        ...identity(event.variable),
        kind: "changed",
        ...both(event.variable.payload),
        metadata,
        variable: event.variable,
      };
    case "variable-deleted":
      return { kind: "deleted", ...identity(event), ...both(event.previous ?? { kind: "null" }), metadata };
    default:
      return undefined;
  }
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
