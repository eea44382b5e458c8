import { type Commit, stepsOf } from "@trimtab/core";
import { commitBytes } from "./commit-bytes.ts";
import type { StoreOptions } from "./local-store.ts";

/** The last commits of a session, shared by all who watch it. */
export interface RecentCommits {
  /** Commits after this revision are all here. */
  readonly floor: number;
  push(commit: Commit): void;
  /** The commit of a revision above the floor. */
  at(revision: number): Commit | undefined;
  /** Keeps to its equal part of the room, where that is used up. */
  shrink(): void;
  /** Gives back what it has of the room, for good; it goes on to work. */
  leave(): void;
}

/** How many commits are kept. The newest one always is: what it holds is in the state as well. */
export interface RecentOptions {
  readonly commits: number;
  /** What the values in them may take together. */
  readonly bytes: number;
  /** What the windows of all sessions share. */
  readonly room: RecentRoom;
}

/**
 * Memory that the windows of a store share. Once it is used up each keeps to its equal part of it, when it gets a commit or is asked to
 * shrink. Those that wait for that are let have as much again and no more, the newest commit of each aside.
 */
export interface RecentRoom {
  /** What commits take together, with what they are made of, in bytes. */
  readonly bytes: number;
  held: number;
  windows: number;
}

/** Makes room that nobody uses yet. */
export const createRecentRoom = (bytes: number): RecentRoom => ({ bytes, held: 0, windows: 0 });

/** How many commits the sessions of a store keep for watches. */
export const recentOf = (
  options: Pick<StoreOptions, "recentCommits" | "recentBytes" | "recentTotalBytes">,
): RecentOptions => ({
  commits: options.recentCommits ?? 1024,
  bytes: options.recentBytes ?? 16 << 20,
  room: createRecentRoom(options.recentTotalBytes ?? 256 << 20),
});

/** About what a commit takes beside its values, in bytes, and each step of it, with the messages that watchers were sent of it. */
const commitOverhead = 2048;
const stepOverhead = 512;

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
  /** What of the room is its own. */
  #share = 0;
  #isIn = true;

  constructor(floor: number, options: RecentOptions) {
    this.floor = floor;
    this.#last = floor;
    this.#options = options;
    options.room.windows++;
  }

  push(commit: Commit): void {
    const { commits: capacity, bytes: room } = this.#options;
    if (this.#last - this.floor === capacity) this.#dropOldest();
    const slot = commit.revision % capacity;
    const size = commitBytes(commit);
    this.#ring[slot] = commit;
    this.#sizes[slot] = size;
    this.#held += size;
    this.#take(takenBy(commit, size));
    this.#last = commit.revision;
    while ((this.#held > room || this.#isCrowded()) && this.floor < this.#last - 1) this.#dropOldest();
  }

  at(revision: number): Commit | undefined {
    if (revision <= this.floor || revision > this.#last) return undefined;
    return this.#ring[revision % this.#options.commits];
  }

  shrink(): void {
    while (this.#isCrowded() && this.floor < this.#last - 1) this.#dropOldest();
  }

  leave(): void {
    this.#take(-this.#share);
    if (this.#isIn) this.#options.room.windows--;
    this.#isIn = false;
  }

  /** The room is used up, and more than an equal part of it is used here; or there is nothing left at all. */
  #isCrowded(): boolean {
    const { held, bytes, windows } = this.#options.room;
    return held > bytes && (this.#share * windows > bytes || held > 2 * bytes);
  }

  #take(bytes: number): void {
    if (!this.#isIn) return;
    this.#share += bytes;
    this.#options.room.held += bytes;
  }

  #dropOldest(): void {
    const slot = ++this.floor % this.#options.commits;
    const oldest = this.#ring[slot];
    const size = this.#sizes[slot] ?? 0;
    this.#ring[slot] = undefined;
    this.#held -= size;
    if (oldest !== undefined) this.#take(-takenBy(oldest, size));
  }
}

/** What a commit takes whose values have `bytes`: those messages hold them once more. */
const takenBy = (commit: Commit, bytes: number): number =>
  commitOverhead + stepOverhead * stepsOf(commit).length + 2 * bytes;
