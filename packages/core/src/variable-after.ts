import type { CommitStamp, VariableSet } from "./commit.ts";
import type { ValueRecord } from "./payload.ts";
import { updateValue, type Variable } from "./variable.ts";

/** The variable after a write of its value, which is no longer stale. */
export function variableAfter(variable: Variable, event: VariableSet, commit: CommitStamp): Variable {
  const { atMs, revision, origin, actor: updatedBy } = commit;
  const written = updateValue(variable, {
    payload: event.payload,
    version: event.version,
    atMs,
    revision,
    origin,
    updatedBy,
    metadata: metadataOfWrite(event, commit),
  });
  if (written.stale === undefined) return written;
  const { stale: _, ...fresh } = written;
  return Object.freeze(fresh);
}

/** What is merged into a variable's metadata: the writer's own words, or how the value came about. */
export function metadataOfWrite(event: VariableSet, { metadata }: Pick<CommitStamp, "metadata">): ValueRecord {
  if (event.root !== undefined) return derivedFrom(event.root);
  if (event.rolledBackTo === undefined) return metadata;
  return { ...metadata, rolled_back_from: event.version - 1, rolled_back_to: event.rolledBackTo };
}

let lastSource: ValueRecord = Object.freeze({ reason: "dependency", source: "" });

/** How a derived value came about. All that follow from one write share it. */
function derivedFrom(root: string): ValueRecord {
  if (lastSource["source"] !== root) lastSource = Object.freeze({ reason: "dependency", source: root });
  return lastSource;
}
