import { type Commit, payloadSize, stepsOf } from "@trimtab/core";

/** About how many bytes a commit holds: its values. A few instructions for an event, so that every write can be asked. */
export function commitBytes(commit: Commit): number {
  let sum = 0;
  for (const event of stepsOf(commit)) {
    if (event.kind === "derived-run") sum += event.bytes;
    else if ("payload" in event) sum += payloadSize(event.payload);
    else if ("variable" in event && typeof event.variable === "object") sum += payloadSize(event.variable.payload);
    else if (event.kind === "session-forked")
      for (const { payload } of event.from.variables) sum += payloadSize(payload);
  }
  return sum;
}
