import type { Commit, CommitStamp, VariableSet } from "../commit.ts";
import { fromPayload, payloadSize } from "../payload.ts";
import { metadataOfWrite } from "../variable-after.ts";
import type { VariableVersion } from "./session-history.ts";

type Writing = Extract<Commit["events"][number], { kind: "variable-set" | "variable-registered" }>;

/** The version that an event makes; with the value whatever its size, where the limit is infinite. */
export function versionOf(event: Writing, commit: CommitStamp, valueBytes: number): VariableVersion {
  const { payload } = event;
  const { atMs: updatedAtMs, actor: updatedBy, origin, revision } = commit;
  const isSet = event.kind === "variable-set";
  const version = isSet ? event.version : 0;
  const metadata = isSet ? metadataOfWrite(event, commit) : commit.metadata;
  const { rolledBackTo, causedBy = none } = isSet ? event : notSet;
  // Most in one literal: this runs with every write.
  let made: VariableVersion;
  if (payloadSize(payload) > valueBytes) made = { version, updatedAtMs, updatedBy, origin, metadata, revision };
  else {
    const value = fromPayload(payload);
    if (rolledBackTo === undefined && causedBy.length > 0)
      return { version, payload, value, updatedAtMs, updatedBy, origin, metadata, revision, causedBy };
    made = { version, payload, value, updatedAtMs, updatedBy, origin, metadata, revision };
  }
  const caused = causedBy.length > 0 ? { ...made, causedBy } : made;
  return rolledBackTo === undefined ? caused : { ...caused, rolledBackTo };
}

const none: readonly string[] = [];
const notSet: Pick<VariableSet, "rolledBackTo" | "causedBy"> = {};
