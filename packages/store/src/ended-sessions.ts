import type { Commit, SessionCheckpoint, SessionSummary } from "@trimtab/core";
import type { CommitLog, SnapshotStore, SummaryStore } from "@trimtab/log";
import { eachOf } from "./each-of.ts";
import type { SessionTable } from "./session-table.ts";

/** Where an ended session has left something. */
export interface EndedOptions {
  readonly log: CommitLog<Commit>;
  readonly snapshots: SnapshotStore<SessionCheckpoint>;
  readonly summaries: SummaryStore<SessionSummary> | undefined;
}

/** The sessions that ended, until what they held is freed. */
export interface EndedSessions {
  /** Notes that a session ended with a revision. */
  add(id: string, revision: number): void;
  /**
   * Frees what is kept of those that ended before the last call; until then their watchers may read it. Rejects where that is not so of
   * all of them; the rest is freed by a later call.
   */
  free(): Promise<void>;
}

/** Makes an empty list of ended sessions. */
export function createEndedSessions(table: SessionTable, { log, snapshots, summaries }: EndedOptions): EndedSessions {
  let ended = new Map<string, number>();
  const freeOne = async (id: string, revision: number): Promise<void> => {
    const successor = table.loaded.get(id)?.summary ?? table.resting.get(id)?.summary;
    if (successor?.status !== "live") {
      await snapshots.drop(id);
      await summaries?.drop(id);
    }
    await log.trim(id, revision);
  };
  return {
    add: (id, revision) => void ended.set(id, revision),
    async free() {
      const batch = ended;
      ended = new Map();
      await eachOf(batch, async ([id, revision]) => {
        try {
          await freeOne(id, revision);
        } catch (error) {
          // Where it has ended once more, that frees this as well.
          if (!ended.has(id)) ended.set(id, revision);
          throw error;
        }
      });
    },
  };
}
