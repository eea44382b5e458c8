import type { Commit } from "@trimtab/core";

/** Says whether a session ends with a commit. A loop, since it is asked of every commit. */
export function endsSession({ events }: Commit): boolean {
  for (const { kind } of events) if (kind === "session-deleted") return true;
  return false;
}
