import type { Commit } from "@trimtab/core";
import { createWriteWindow, type WriteWindow } from "./write-window.ts";

/** Reads durable commits of a live session, from the one after a revision on; none where there are no more. */
export type ReadCommits = (session: string, after: number) => Promise<CommitsRead>;

/** What was read: commits in order, or that those asked for are gone through a revision. */
export type CommitsRead =
  | { readonly kind: "entries"; readonly entries: readonly Commit[] }
  | { readonly kind: "trimmed"; readonly through: number };

/** The windows of the sessions that were asked for last. They are brought up to date when they are asked for. */
export interface WriteWindows {
  /** Gives a session's window with everything in it that was durable when it was asked for. */
  upToDate(session: string): Promise<WriteWindow>;
}

/** How much is kept in memory. */
export interface WindowOptions {
  /** Writes per session; twice as many for a while. */
  readonly writes: number;
  /** Sessions. The window of any other is read from its log again. */
  readonly sessions: number;
}

interface Kept {
  readonly window: WriteWindow;
  /** Resolves when it is up to date. */
  reading: Promise<void>;
}

/** Makes windows that follow the log only when somebody asks, so that a write costs the same with and without them. */
export function createWriteWindows(read: ReadCommits, options: WindowOptions): WriteWindows {
  /** The least recently used first. */
  const kept = new Map<string, Kept>();

  const keep = (session: string): Kept => {
    const known = kept.get(session) ?? { window: createWriteWindow(options.writes), reading: Promise.resolve() };
    kept.delete(session);
    kept.set(session, known);
    for (const oldest of kept.keys()) {
      if (kept.size <= options.sessions) break;
      kept.delete(oldest);
    }
    return known;
  };

  const catchUp = async (session: string, window: WriteWindow): Promise<void> => {
    for (;;) {
      const found = await read(session, window.revision);
      if (found.kind === "trimmed") window.reset(found.through);
      else if (found.entries.length === 0) return;
      else for (const commit of found.entries) if (commit.revision > window.revision) window.apply(commit);
    }
  };

  return {
    async upToDate(session) {
      const one = keep(session);
      const before = one.reading.catch(() => {});
      one.reading = before.then(() => catchUp(session, one.window));
      await one.reading;
      return one.window;
    },
  };
}
