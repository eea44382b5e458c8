import { type Commit, draftOf, evolve, type SessionState } from "@trimtab/core";
import { added } from "./added.ts";
import type { SessionFold } from "./session-fold.ts";

/** The durable state with the commits under way on top. It is built only when a second write meets one under way. */
export function createHead(fold: SessionFold) {
  let state: SessionState | undefined;
  let unapplied: Commit[] = [];
  return {
    push(commit: Commit): void {
      unapplied = added(unapplied, commit);
    },
    state(): SessionState {
      let next = state ?? draftOf(fold.state);
      for (const commit of unapplied) next = evolve(next, commit);
      unapplied = [];
      state = next;
      return next;
    },
    /** What was under way is durable now, all of it or the first part. */
    landed(all: boolean): void {
      if (all) state = undefined;
      unapplied = all ? [] : unapplied.filter((commit) => commit.revision > fold.state.revision);
    },
    drop(): void {
      state = undefined;
      unapplied = [];
    },
  };
}
