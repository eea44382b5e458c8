import {
  type Commit,
  payloadSize,
  type SessionCheckpoint,
  type SessionHistory,
  type SessionState,
  toSnapshot,
} from "@trimtab/core";
import type { CommitLog, SnapshotStore } from "@trimtab/log";
import { commitBytes } from "./commit-bytes.ts";
import { lastNotAfter } from "./past-states.ts";

/** How much of a session's past is kept. What exceeds any of these may go; the newest commit always stays. */
export interface Retention {
  /** Commits behind the latest snapshot: watches resume and the past is read within them. */
  readonly historyCommits: number;
  /** Milliseconds since a commit. */
  readonly historyAgeMs?: number | undefined;
  /** Bytes that the newest commits hold together as they are stored. */
  readonly historyBytes?: number | undefined;
}

/** Where snapshots are kept, how often they are taken, and what goes with the old ones. */
export interface KeeperOptions extends Retention {
  readonly log: CommitLog<Commit>;
  readonly snapshots: SnapshotStore<SessionCheckpoint>;
  /** Commits between two snapshots; more where the session has more variables than this. */
  readonly snapshotEvery: number;
}

/** Takes snapshots of one session, and forgets the past that they make superfluous. */
export interface SnapshotKeeper {
  /** Notes a commit that is folded in. */
  committed(state: SessionState, history: SessionHistory, commit: Commit): void;
  /** Forgets what has grown too old by now, where its age is limited; resolves when that is done, or has failed. */
  retain(state: SessionState, history: SessionHistory, nowMs: number): Promise<void>;
}

/** Makes the keeper of a session whose latest snapshot is of this revision. */
export function createSnapshotKeeper(snapshotAt: number, options: KeeperOptions): SnapshotKeeper {
  const { log, snapshots, snapshotEvery, historyAgeMs, historyBytes } = options;
  let last = snapshotAt;
  let bytes = 0;
  /** Commits that the latest snapshot was worth by what it held. */
  let worth = 0;
  let running: Promise<void> | undefined;
  let retainedAtMs = Number.NEGATIVE_INFINITY;

  /** Often enough to bound the log, and seldom enough that the cost per commit stays small. */
  const isDue = (state: SessionState, history: SessionHistory): boolean => {
    const size = Math.max(worth, state.variableCount + state.dependencies.size + history.size / 8);
    const isFull = historyBytes !== undefined && bytes >= historyBytes / 2;
    return isFull || state.revision - last >= Math.max(snapshotEvery, size);
  };

  const run = async (state: SessionState, history: SessionHistory, nowMs: number): Promise<void> => {
    const { id, revision } = state;
    if (revision > last) {
      last = revision;
      bytes = 0;
      worth = bytesOf(state) / bytesPerCommit;
      await snapshots.save(id, revision, { session: toSnapshot(state), history: history.toEntries() });
    }
    const through = await horizonOf({ log, state: { id, revision } }, options, nowMs);
    // What is trimmed is what no snapshot needs: the past can be read from the oldest of them on.
    const number = through > 0 ? await snapshots.trim(id, through + 1) : 0;
    if (number > 0) await log.trim(id, Math.min(number, through));
  };

  const start = (state: SessionState, history: SessionHistory, nowMs: number): Promise<void> => {
    // A snapshot is a cache: without this one the log is kept, and read from further back.
    running ??= run(state, history, nowMs)
      .catch(() => {})
      .finally(() => {
        running = undefined;
      });
    return running;
  };

  return {
    committed(state, history, commit) {
      if (historyBytes !== undefined) bytes += commitBytes(commit);
      if (running === undefined && isDue(state, history)) void start(state, history, commit.atMs);
    },
    async retain(state, history, nowMs) {
      if (historyAgeMs === undefined || Math.abs(nowMs - retainedAtMs) < historyAgeMs / 4) return;
      retainedAtMs = nowMs;
      await start(state, history, nowMs);
    },
  };
}

/** The last commit that may be forgotten; 0 for none. */
async function horizonOf(
  source: { readonly log: CommitLog<Commit>; readonly state: { readonly id: string; readonly revision: number } },
  { historyCommits, historyAgeMs, historyBytes }: Retention,
  nowMs: number,
): Promise<number> {
  const { log, state } = source;
  const byCount = state.revision - historyCommits;
  const byAge = historyAgeMs === undefined ? 0 : await lastNotAfter(source, nowMs - historyAgeMs);
  const byBytes = historyBytes === undefined ? 0 : await log.before(state.id, historyBytes);
  return Math.min(state.revision - 1, Math.max(byCount, byAge, byBytes));
}

/** A snapshot of large values is put into bytes as a whole, so that it is taken once in as many commits as it holds this much. */
const bytesPerCommit = 64 << 10;

/** About how much a session holds: its values. */
function bytesOf(state: SessionState): number {
  let sum = 0;
  for (const { payload } of state.variables.values()) sum += payloadSize(payload);
  return sum;
}
