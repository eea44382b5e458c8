import { absentSession, type Commit, type SessionCheckpoint, type SessionState, stepsOf } from "@trimtab/core";
import { type CommitLog, endOf, type SnapshotStore } from "@trimtab/log";
import { endsSession } from "./ends-session.ts";

/** A session that is not there after a revision: those up to it are of earlier ones of the same id. */
export const absentAt = (id: string, revision: number): SessionState => ({ ...absentSession(id), revision });

/**
 * Gives the state before a session began, where its log is trimmed right up to there: what is gone is an earlier session of
 * the same id, and nothing is missing. Gives `undefined` where the log goes on in the midst of a session, or not at all.
 */
export async function stateBeforeBeginning(
  log: CommitLog<Commit>,
  id: string,
  through: number,
): Promise<SessionState | undefined> {
  const read = await log.read(id, through, 1);
  const [first] = read.kind === "entries" ? read.entries : [];
  return first !== undefined && beginsSession(first) ? absentAt(id, through) : undefined;
}

/**
 * Gives a state from which the rest of a trimmed log says what a session is now, without a snapshot: that before a beginning
 * which is still there, or that after its end. While what an ended session held is freed its snapshots go before its commits,
 * and the next session of its id may begin meanwhile. Gives `undefined` where neither is there, and where more is trimmed meanwhile.
 */
export async function stateWithoutSnapshot(
  log: CommitLog<Commit>,
  id: string,
  through: number,
): Promise<SessionState | undefined> {
  let last: Commit | undefined;
  for (;;) {
    const read = await log.read(id, last?.revision ?? through, 1000);
    if (read.kind === "trimmed") return undefined;
    const first = read.entries.find(beginsSession);
    if (first !== undefined) return absentAt(id, first.revision - 1);
    if (read.entries.length > 0) last = read.entries.at(-1);
    else return last && endsSession(last) ? absentAt(id, last.revision) : undefined;
  }
}

/** Says whether a commit is the first of a session. What is before it is of an earlier session of the same id. */
export function beginsSession(commit: Commit): boolean {
  for (const { kind } of stepsOf(commit)) if (kind === "session-created" || kind === "session-forked") return true;
  return false;
}

/** Where sessions are kept. */
interface Kept {
  readonly log: CommitLog<Commit>;
  readonly snapshots: SnapshotStore<SessionCheckpoint>;
}

/**
 * Frees what cannot be read of a session that has ended, before another one of its id begins behind it; gives the revision that it ended
 * with. Gives `undefined`, having freed nothing, where it has not ended.
 */
export async function freeUnreadable({ log, snapshots }: Kept, id: string): Promise<number | undefined> {
  const last = await endOf(log, id);
  if (last === 0) return undefined;
  const read = await log.read(id, last - 1, 1);
  const [commit] = read.kind === "entries" ? read.entries : [];
  if (commit === undefined || !endsSession(commit)) return undefined;
  await snapshots.drop(id);
  await log.trim(id, last - 1);
  return last;
}
