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
export const createRecentCommits = (floor: number, options: RecentOptions): RecentCommits => new Window(floor, options);

/** A class, since there may be one for every session. */
class Window implements RecentCommits {
  floor: number;
  readonly #options: RecentOptions;
  readonly #ring: (Commit | undefined)[] = [];
  readonly #sizes: number[] = [];
  #last: number;
  #held = 0;

  constructor(floor: number, options: RecentOptions) {
    this.floor = floor;
    this.#last = floor;
    this.#options = options;
  }

  push(commit: Commit): void {
    const { commits: capacity, bytes: room } = this.#options;
    if (this.#last - this.floor === capacity) this.#dropOldest();
    const slot = commit.revision % capacity;
    const size = commitBytes(commit);
    this.#ring[slot] = commit;
    this.#sizes[slot] = size;
    this.#held += size;
    this.#last = commit.revision;
    while (this.#held > room && this.floor < this.#last - 1) this.#dropOldest();
  }

  at(revision: number): Commit | undefined {
    if (revision <= this.floor || revision > this.#last) return undefined;
    return this.#ring[revision % this.#options.commits];
  }

  #dropOldest(): void {
    const slot = ++this.floor % this.#options.commits;
    this.#ring[slot] = undefined;
    this.#held -= this.#sizes[slot] ?? 0;
  }
}
