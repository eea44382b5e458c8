import type { Commit } from "@trimtab/core";
import { commitBytes } from "./commit-bytes.ts";

/** The last commits of a session, shared by all who watch it. */
export interface RecentCommits {
  /** Commits after this revision are all here. */
  readonly floor: number;
  push(commit: Commit): void;
  /** The commit of a revision above the floor. */
  at(revision: number): Commit | undefined;
}

/** How many commits are kept. The newest one always is: what it holds is in the state as well. */
export interface RecentOptions {
  readonly commits: number;
  /** What the values in them may take together. */
  readonly bytes: number;
}

/** Makes a window over the newest commits, which starts empty right after `floor`. */
export function createRecentCommits(floor: number, { commits: capacity, bytes: room }: RecentOptions): RecentCommits {
  const ring: (Commit | undefined)[] = [];
  const sizes: number[] = [];
  let last = floor;
  let held = 0;

  const dropOldest = (): void => {
    const slot = ++recent.floor % capacity;
    ring[slot] = undefined;
    held -= sizes[slot] ?? 0;
  };

  const recent = {
    floor,
    push(commit: Commit) {
      if (last - recent.floor === capacity) dropOldest();
      const slot = commit.revision % capacity;
      const size = commitBytes(commit);
      ring[slot] = commit;
      sizes[slot] = size;
      held += size;
      last = commit.revision;
      while (held > room && recent.floor < last - 1) dropOldest();
    },
    at: (revision: number) => (revision > recent.floor && revision <= last ? ring[revision % capacity] : undefined),
  };
  return recent;
}
