import { type Commit, changesAccess, changesOf, readPattern, type Selection, type VariableChange } from "@trimtab/core";

/** What a watch must know to be woken for what concerns it and nothing else. */
export interface Watcher {
  /** Every commit up to here has been delivered or did not concern the watcher. */
  position: number;
  /** The watcher has delivered all there is and waits. */
  waiting: boolean;
  /** When it waits: how long it has had nothing to deliver, in ticks of the bookmark timer. */
  idleTicks: number;
  /** Concerned by every change of access rules too. */
  readonly followsAccess: boolean;
  readonly selects: (change: { id: string; name: string }) => boolean;
  /** Ends the wait; `bookmark` asks to tell how far the watch has come. */
  wake(cause: "commit" | "bookmark"): void;
}

/** Wakes the watchers of one session. Whoever is not concerned by a commit costs it nothing. */
export interface WatchHub {
  readonly size: number;
  add(watcher: Watcher, selection: Selection): () => void;
  /** Tells of a durable commit. */
  publish(commit: Commit): void;
  /** Asks those that have been idle for a whole tick for a bookmark at `revision`. */
  tick(revision: number): void;
  /** Wakes everyone for the commit that ends the session. */
  end(revision: number): void;
  /** Wakes everyone where they stand: what lies between there and now is not in memory. */
  startOver(): void;
}

/** Makes the test for what a selection covers; with neither refs nor a pattern it covers everything. */
export function createSelector({ refs = [], pattern }: Selection): Watcher["selects"] {
  if (refs.length === 0 && (pattern === undefined || pattern === "*")) return () => true;
  const named = new Set(refs);
  const matches = pattern === undefined ? () => false : readPattern(pattern);
  return ({ id, name }) => named.has(name) || named.has(id) || matches(name);
}

// A commit's changes are worked out once, when the first watcher wants them.
const changesByCommit = new WeakMap<Commit, VariableChange[]>();

/** What a commit did to variables; worked out once per commit. */
export function sharedChangesOf(commit: Commit): VariableChange[] {
  let changes = changesByCommit.get(commit);
  if (changes === undefined) {
    changes = changesOf(commit);
    changesByCommit.set(commit, changes);
  }
  return changes;
}

/** Gives a commit changes that cannot be read off its events: what went away with the session. */
export const setChangesOf = (commit: Commit, changes: VariableChange[]): unknown =>
  changesByCommit.set(commit, changes);

/** Makes a hub without watchers. */
export const createWatchHub = (): WatchHub => new Hub();

/** The watchers of one session, by what they ask for. */
interface Watchers {
  readonly all: Set<Watcher>;
  readonly byRef: Map<string, Set<Watcher>>;
  readonly byPattern: Set<Watcher>;
  readonly followers: Set<Watcher>;
}

/** A class, which holds nothing before somebody watches: every session has one, and few are watched. */
class Hub implements WatchHub {
  size = 0;
  #watchers: Watchers | undefined;

  add(watcher: Watcher, selection: Selection): () => void {
    this.#watchers ??= { all: new Set(), byRef: new Map(), byPattern: new Set(), followers: new Set() };
    const { all, byRef, byPattern, followers } = this.#watchers;
    const refs = selection.refs ?? [];
    all.add(watcher);
    this.size = all.size;
    if (watcher.followsAccess) followers.add(watcher);
    if (refs.length === 0 || selection.pattern !== undefined) byPattern.add(watcher);
    for (const ref of refs) addTo(byRef, ref, watcher);
    return () => {
      all.delete(watcher);
      this.size = all.size;
      byPattern.delete(watcher);
      followers.delete(watcher);
      for (const ref of refs) removeFrom(byRef, ref, watcher);
    };
  }

  publish(commit: Commit): void {
    if (this.size === 0 || this.#watchers === undefined) return;
    const { byRef, byPattern, followers } = this.#watchers;
    for (const change of sharedChangesOf(commit)) {
      for (const watcher of byRef.get(change.name) ?? []) wake(watcher, commit.revision);
      for (const watcher of byRef.get(change.id) ?? []) wake(watcher, commit.revision);
      for (const watcher of byPattern) if (watcher.waiting && watcher.selects(change)) wake(watcher, commit.revision);
    }
    if (followers.size > 0 && changesAccess(commit)) for (const watcher of followers) wake(watcher, commit.revision);
  }

  tick(revision: number): void {
    for (const watcher of this.#watchers?.all ?? []) {
      if (!watcher.waiting || watcher.idleTicks++ === 0) continue;
      watcher.position = revision;
      watcher.waiting = false;
      watcher.wake("bookmark");
    }
  }

  end(revision: number): void {
    for (const watcher of this.#watchers?.all ?? []) wake(watcher, revision);
  }

  startOver(): void {
    for (const watcher of this.#watchers?.all ?? []) wake(watcher, 0);
  }
}

function wake(watcher: Watcher, revision: number): void {
  if (!watcher.waiting) return;
  // It waited, so nothing before this commit was left for it.
  watcher.position = Math.max(watcher.position, revision - 1);
  watcher.waiting = false;
  watcher.wake("commit");
}

function addTo(index: Map<string, Set<Watcher>>, key: string, watcher: Watcher): void {
  const known = index.get(key);
  if (known === undefined) index.set(key, new Set([watcher]));
  else known.add(watcher);
}

function removeFrom(index: Map<string, Set<Watcher>>, key: string, watcher: Watcher): void {
  const known = index.get(key);
  known?.delete(watcher);
  if (known?.size === 0) index.delete(key);
}
