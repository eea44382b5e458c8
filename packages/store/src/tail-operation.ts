import type { Commit } from "@trimtab/core";
import type { LogRead } from "@trimtab/log";
import type { Sessions } from "./sessions.ts";

/** Commits that one read gives at most. */
const chunkSize = 256;

/** Reads what is durable of a session, for those who fold it themselves. */
export interface TailStore {
  /**
   * Reads durable commits of a live session from the one after a revision on: some of them, none where there are no more.
   * Rejects as every read does.
   */
  readCommits(session: string, after: number): Promise<LogRead<Commit>>;
}

/** The part of a store that gives out its commits: from memory, and from the log where they are older. */
export function createTailOperation(sessions: Sessions): TailStore {
  return {
    readCommits: (session, after) =>
      sessions.access(session, async ({ runtime: { state, recent, log } }) => {
        const through = Math.min(state.revision, after + chunkSize);
        const first = after + 1;
        if (after >= recent.floor) {
          const revisions = Array.from({ length: Math.max(0, through - after) }, (_, i) => first + i);
          const entries = revisions.map((revision) => recent.at(revision)).filter((commit) => commit !== undefined);
          return { kind: "entries", first, entries };
        }
        const read = await log.read(session, after, chunkSize);
        if (read.kind === "trimmed") return read;
        // What is appended and not folded in yet is not shown yet, so that this agrees with reads.
        return { ...read, entries: read.entries.filter((commit) => commit.revision <= state.revision) };
      }),
  };
}
