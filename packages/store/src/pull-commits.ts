import { type Commit, type SessionState, storeError } from "@trimtab/core";
import type { CommitLog } from "@trimtab/log";
import { endsSession } from "./ends-session.ts";
import type { RecentCommits } from "./recent-commits.ts";
import { unlessDamaged } from "./unless-damaged.ts";
import type { WatchHub } from "./watch-hub.ts";

/** What a watch reads from: one loaded session. */
export interface WatchSource {
  /** The durable state. */
  readonly state: SessionState;
  readonly recent: RecentCommits;
  readonly hub: WatchHub;
  readonly log: CommitLog<Commit>;
}

/** Commits read from the log at once by a watch that has fallen behind. */
const chunkSize = 256;

/**
 * Takes the next durable commits after a position; with `all`, every one up to the present. `trimmed` where they are gone or damaged; rejects with
 * `data_loss` where the log lacks what the session was folded from.
 */
export function pullCommits(
  source: WatchSource,
  position: number,
  all: boolean,
): readonly Commit[] | Promise<readonly Commit[] | "trimmed"> {
  const { state, recent } = source;
  if (position < recent.floor) return pullFromLog(source, position, all);
  const end = all ? state.revision : Math.min(state.revision, position + chunkSize);
  if (end <= position) return none;
  if (end === position + 1) return alone(recent.at(end));
  const commits: Commit[] = [];
  for (let revision = position + 1; revision <= end; revision++) {
    const commit = recent.at(revision);
    if (commit !== undefined) commits.push(commit);
  }
  return upToEnd(commits);
}

const none: readonly Commit[] = [];
const lists = new WeakMap<Commit, readonly Commit[]>();

/** A list of one commit; the same one for all who have just waited for it. */
function alone(commit: Commit | undefined): readonly Commit[] {
  if (commit === undefined) return none;
  let list = lists.get(commit);
  if (list === undefined) {
    list = [commit];
    lists.set(commit, list);
  }
  return list;
}

/** What follows the end of a session belongs to another one of the same id. */
function upToEnd(commits: Commit[]): Commit[] {
  const end = commits.findIndex(endsSession);
  return end < 0 ? commits : commits.slice(0, end + 1);
}

async function pullFromLog(source: WatchSource, position: number, all: boolean): Promise<Commit[] | "trimmed"> {
  const limit = all ? Math.max(chunkSize, source.state.revision - position) : chunkSize;
  const { id: session } = source.state;
  const read = await source.log.read(session, position, limit).catch(unlessDamaged);
  // What cannot be read is as good as gone: whoever watches has the present, which is intact.
  if (read === undefined || read.kind === "trimmed") return "trimmed";
  if (read.entries.length === 0 && position < source.state.revision) {
    const message = `the log of session ${session} ends before revision ${source.state.revision}`;
    throw storeError("data_loss", message, { session });
  }
  // What is appended but not yet folded in is not shown yet, so that reads and watches agree.
  return upToEnd(read.entries.filter((commit) => commit.revision <= source.state.revision));
}
