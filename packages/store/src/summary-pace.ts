import { type Commit, stepsOf } from "@trimtab/core";

/** Says whether a commit changes the session itself. Most steps set a value, of which there may be thousands. */
function isOfSession(commit: Commit): boolean {
  for (const { kind } of stepsOf(commit)) if (kind !== "variable-set" && kind.startsWith("session-")) return true;
  return false;
}

/**
 * Commits after which a stored summary is renewed, and the time in milliseconds between two such renewals, which of a session
 * that is written to all the time would be a good part of what is stored.
 */
const summaryEvery = 100;
const summaryPauseMs = 100;
/** Commits after which it is renewed however soon; what is listed after a crash is read from no more than these. */
const mostUnsummarized = 1000;

/** When a session's summary was last renewed, and when the session was last accessed. */
export interface Summarized {
  /** The revision that the stored summary tells of, 0 where there is none that is known of. */
  readonly summarized: number;
  /** When it was last renewed, by the clock that never jumps. */
  readonly summarizedAt: number | undefined;
  readonly accessedAt: number;
}

/** Says whether a stored summary is to be renewed after a commit. */
export const isToBeSummarized = ({ summarized, summarizedAt, accessedAt }: Summarized, commit: Commit): boolean => {
  const behind = commit.revision - summarized;
  const isPaused = summarizedAt !== undefined && accessedAt - summarizedAt < summaryPauseMs;
  if (behind >= (isPaused ? mostUnsummarized : summaryEvery)) return true;
  return isOfSession(commit);
};
