import {
  type Commit,
  payloadSize,
  type SessionCheckpoint,
  type SessionHistory,
  type SessionSnapshot,
  type SessionState,
  toSnapshot,
} from "@trimtab/core";
import type { CommitLog, SnapshotStore } from "@trimtab/log";
import { commitBytes } from "./commit-bytes.ts";
import { lastNotAfter } from "./past-states.ts";
import { unlessDamaged } from "./unless-damaged.ts";

/** How much of a session's past is kept. What exceeds any of these may go; the newest commit always stays. */
export interface Retention {
  /** Commits behind the latest snapshot: watches resume and the past is read within them. */
  readonly historyCommits: number;
  /** Milliseconds since a commit. */
  readonly historyAgeMs?: number | undefined;
  /** Bytes that the newest commits hold together as they are stored. */
  readonly historyBytes?: number | undefined;
}

/** What is kept, where a store is told so. Snapshots in memory end before a log that was given does: nothing of that may go. */
export function retentionOf({ log, snapshots, ...limits }: Partial<KeeperOptions>): Retention {
  const { historyCommits = 10_000, historyAgeMs, historyBytes } = limits;
  if (log !== undefined && snapshots === undefined) return { historyCommits: Number.POSITIVE_INFINITY };
  return { historyCommits: Math.max(1, historyCommits), historyAgeMs, historyBytes };
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
  /** Notes a commit that is folded in; gives the revision of the next that it has to hear of. */
  committed(state: SessionState, history: SessionHistory, commit: Commit): number;
  /** Forgets what has grown too old by now, where its age is limited; resolves when that is done, or has failed. */
  retain(state: SessionState, history: SessionHistory, nowMs: number): Promise<void>;
}

/** Makes the keeper of a session whose latest snapshot is of this revision. */
export const createSnapshotKeeper = (snapshotAt: number, options: KeeperOptions): SnapshotKeeper =>
  new Keeper(snapshotAt, options);

/** The revision of the first commit that a keeper has to hear of: those before it change nothing. */
export const askedFrom = (
  snapshotAt: number,
  { historyBytes, historyCommits, snapshotEvery }: KeeperOptions,
): number => (historyBytes === undefined ? snapshotAt + Math.min(snapshotEvery, historyCommits) : 0);

/** A class, since there may be one for every session. */
class Keeper implements SnapshotKeeper {
  readonly #options: KeeperOptions;
  /** The revision of the latest snapshot. */
  #last: number;
  #bytes = 0;
  /** Commits that the latest snapshot was worth by what it held. */
  #worth = 0;
  /** The revision at which the latest snapshot reaches back as far as the past is kept, and what is before it may go. */
  #forgetAt: number;
  #running: Promise<void> | undefined;
  #retainedAtMs: number | undefined;

  constructor(snapshotAt: number, options: KeeperOptions) {
    this.#options = options;
    this.#last = snapshotAt;
    this.#forgetAt = snapshotAt + options.historyCommits;
  }

  committed(state: SessionState, history: SessionHistory, commit: Commit): number {
    const { historyBytes, snapshotEvery } = this.#options;
    if (historyBytes !== undefined) this.#bytes += commitBytes(commit);
    if (this.#running === undefined) {
      if (this.#isDue(state, history)) void this.#start(() => this.#renew(state, history, commit.atMs));
      else if (commit.revision >= this.#forgetAt) void this.#start(() => this.#forget(state, commit.atMs));
    }
    return historyBytes === undefined ? Math.min(this.#last + snapshotEvery, this.#forgetAt) : 0;
  }

  async retain(state: SessionState, history: SessionHistory, nowMs: number): Promise<void> {
    const { historyAgeMs } = this.#options;
    if (historyAgeMs === undefined) return;
    if (this.#retainedAtMs !== undefined && Math.abs(nowMs - this.#retainedAtMs) < historyAgeMs / 4) return;
    this.#retainedAtMs = nowMs;
    await this.#start(() => this.#renew(state, history, nowMs));
  }

  /** Often enough to bound the log, and seldom enough that the cost per commit stays small. */
  #isDue(state: SessionState, history: SessionHistory): boolean {
    const { historyBytes, snapshotEvery } = this.#options;
    if (historyBytes !== undefined && this.#bytes >= historyBytes / 2) return true;
    const behind = state.revision - this.#last;
    // What a session holds is looked at only where that may matter.
    if (behind < snapshotEvery || behind < this.#worth) return false;
    return behind >= state.variableCount + state.dependencies.size + history.size / 8;
  }

  #start(work: () => Promise<void>): Promise<void> {
    // A snapshot is a cache: without this one the log is kept, and read from further back.
    this.#running ??= work()
      .catch(() => {})
      .finally(() => {
        this.#running = undefined;
      });
    return this.#running;
  }

  async #renew(state: SessionState, history: SessionHistory, nowMs: number): Promise<void> {
    const { historyCommits, snapshots } = this.#options;
    const { id, revision } = state;
    if (revision > this.#last) {
      this.#last = revision;
      this.#forgetAt = revision + historyCommits;
      this.#bytes = 0;
      const session = toSnapshot(state);
      this.#worth = bytesOf(session) / bytesPerCommit;
      await snapshots.save(id, revision, { session, history: history.toEntries() });
    }
    await this.#forget({ id, revision }, nowMs);
  }

  async #forget({ id, revision }: Pick<SessionState, "id" | "revision">, nowMs: number): Promise<void> {
    const { log, snapshots } = this.#options;
    if (revision >= this.#forgetAt) this.#forgetAt = Number.POSITIVE_INFINITY;
    const through = await horizonOf({ log, state: { id, revision } }, this.#options, nowMs);
    // What is trimmed is what no snapshot needs: the past can be read from the oldest of them on.
    const number = through > 0 ? await snapshots.trim(id, through + 1) : 0;
    if (number > 0) await log.trim(id, Math.min(number, through));
  }
}

/** The last commit that may be forgotten; 0 for none. */
async function horizonOf(
  source: { readonly log: CommitLog<Commit>; readonly state: { readonly id: string; readonly revision: number } },
  { historyCommits, historyAgeMs, historyBytes }: Retention,
  nowMs: number,
): Promise<number> {
  const { log, state } = source;
  const byCount = state.revision - wholeOf(historyCommits);
  const byAge =
    historyAgeMs === undefined ? 0 : await lastNotAfter({ state, log: withoutDamage(log) }, nowMs - historyAgeMs);
  const byBytes = historyBytes === undefined ? 0 : await log.before(state.id, wholeOf(historyBytes));
  return Math.min(state.revision - 1, Math.max(byCount, byAge, byBytes));
}

/** A limit as logs count, which know no fractions and nothing without an end. */
const wholeOf = (limit: number): number => Math.min(Math.floor(limit), Number.MAX_SAFE_INTEGER);

/** A log in which what cannot be read is not there, and so as old as what is trimmed: it must not keep all the past from ageing. */
const withoutDamage = (log: CommitLog<Commit>): CommitLog<Commit> => ({
  ...log,
  read: async (stream, after, limit) =>
    (await log.read(stream, after, limit).catch(unlessDamaged)) ?? { kind: "entries", first: after + 1, entries: [] },
});

/** A snapshot of large values is put into bytes as a whole, so that it is taken once in as many commits as it holds this much. */
const bytesPerCommit = 64 << 10;

/** About how much a session holds: its values. */
function bytesOf({ variables }: SessionSnapshot): number {
  let sum = 0;
  for (const { payload } of variables) sum += payloadSize(payload);
  return sum;
}
