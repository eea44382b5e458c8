import type { Commit } from "@trimtab/core";
import type { SessionFold } from "./session-fold.ts";

/** A session's commit at a revision, from memory or from the log; `undefined` where neither keeps it. */
export async function commitAt(
  { recent, log, state }: Pick<SessionFold, "recent" | "log" | "state">,
  revision: number,
): Promise<Commit | undefined> {
  const known = recent.at(revision);
  if (known !== undefined) return known;
  const read = await log.read(state.id, revision - 1, 1);
  return read.kind === "entries" ? read.entries[0] : undefined;
}
