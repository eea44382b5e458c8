import { type Commit, stepsOf } from "@trimtab/core";

/** Says whether a session ends with a commit. A loop, since it is asked of every commit. */
export function endsSession(commit: Commit): boolean {
  for (const { kind } of stepsOf(commit)) if (kind === "session-deleted") return true;
  return false;
}
