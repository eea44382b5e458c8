import type { Commit } from "@trimtab/core";

/** The last commits of a session, shared by all who watch it. */
export interface RecentCommits {
  /** Commits after this revision are all here. */
  readonly floor: number;
  push(commit: Commit): void;
  /** The commit of a revision above the floor. */
  at(revision: number): Commit | undefined;
}

/** Makes a window over the newest `capacity` commits, which starts empty right after `floor`. */
export function createRecentCommits(floor: number, capacity: number): RecentCommits {
  const ring: (Commit | undefined)[] = [];
  let last = floor;
  const recent = {
    floor,
    push(commit: Commit) {
      ring[commit.revision % capacity] = commit;
      last = commit.revision;
      recent.floor = Math.max(recent.floor, last - capacity);
    },
    at: (revision: number) => (revision > recent.floor && revision <= last ? ring[revision % capacity] : undefined),
  };
  return recent;
}
