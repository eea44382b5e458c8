import {
  absentSession,
  type Commit,
  checkTime,
  checkWhole,
  evolve,
  fromSnapshot,
  type SessionCheckpoint,
  type SessionPoint,
  type SessionState,
  StoreError,
  unknownLabel,
  unknownRevision,
} from "@trimtab/core";
import type { CommitLog, SnapshotStore } from "@trimtab/log";
import { stateBeforeBeginning } from "./session-beginning.ts";

/** What the past of a session is read from. */
export interface PastSource {
  /** The durable present. */
  readonly state: SessionState;
  readonly log: CommitLog<Commit>;
}

/**
 * Gives the state of a session as it was right after a revision: the latest snapshot before it, and the commits from
 * there on. The state is the caller's own, except where it is the present, which goes on changing: use it at once.
 */
export async function stateAt(
  source: PastSource,
  snapshots: SnapshotStore<SessionCheckpoint>,
  revision: number,
): Promise<SessionState> {
  const { id, epoch } = source.state;
  if (revision === source.state.revision) return source.state;
  if (!Number.isSafeInteger(revision) || revision < 1 || revision > source.state.revision) {
    throw new StoreError(unknownRevision(String(revision)));
  }
  const snapshot = await snapshots.load(id, revision);
  let state = snapshot === undefined ? absentSession(id) : fromSnapshot(snapshot.data.session);
  while (state.revision < revision) {
    const read = await source.log.read(id, state.revision, Math.min(1000, revision - state.revision));
    const beginning = read.kind === "trimmed" ? await stateBeforeBeginning(source.log, id, read.through) : undefined;
    const commits = read.kind === "entries" ? read.entries : [];
    if (beginning === undefined && commits.length === 0) throw new StoreError(unknownRevision(String(revision)));
    if (beginning !== undefined) state = beginning;
    for (const commit of commits) state = evolve(state, commit);
  }
  if (state.epoch !== epoch || state.status !== "live") throw new StoreError(unknownRevision(String(revision)));
  return state;
}

/** Finds the revision that a point stands for. */
export async function revisionOf(source: PastSource, point: SessionPoint): Promise<number> {
  switch (point.kind) {
    case "revision":
      return checkedWhole(point.revision, "revision");
    case "label": {
      const label = source.state.labels.get(point.label);
      if (label === undefined) throw new StoreError(unknownLabel(point.label));
      return label.revision;
    }
    case "time":
      return revisionAtTime(source, point.atMs);
  }
}

/** Refuses a number that no revision or version can have. */
export function checkedWhole(number: number, field: string): number {
  const wrong = checkWhole(number, field, 0);
  if (wrong !== undefined) throw new StoreError(wrong);
  return number;
}

async function revisionAtTime({ state, log }: PastSource, atMs: number): Promise<number> {
  const wrong = checkTime(atMs, "atMs");
  if (wrong !== undefined) throw new StoreError(wrong);
  if (atMs >= state.atMs) return state.revision;
  const revision = await lastNotAfter({ state, log }, atMs);
  if (revision === 0) throw new StoreError(unknownRevision(`at ${new Date(atMs).toISOString()}`));
  return revision;
}

/** The last commit that was not later than a time, 0 for none; times grow with revisions, so halving finds it. */
export async function lastNotAfter(
  {
    state,
    log,
  }: { readonly state: { readonly id: string; readonly revision: number }; readonly log: CommitLog<Commit> },
  atMs: number,
): Promise<number> {
  let low = 0;
  let high = state.revision;
  while (low < high) {
    const middle = Math.ceil((low + high) / 2);
    const read = await log.read(state.id, middle - 1, 1);
    const found = read.kind === "entries" ? read.entries[0] : undefined;
    // What is trimmed is earlier than what is kept.
    if (found === undefined || found.atMs <= atMs) low = middle;
    else high = middle - 1;
  }
  return low;
}
