import { absentSession, type Commit, type SessionState } from "@trimtab/core";
import type { CommitLog } from "@trimtab/log";

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
  const begins = first?.events.some(({ kind }) => kind === "session-created" || kind === "session-forked");
  return begins === true ? { ...absentSession(id), revision: through } : undefined;
}
