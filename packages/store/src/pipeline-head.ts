import { type Commit, draftOf, evolve, type SessionState } from "@trimtab/core";
import { added } from "./added.ts";
import type { SessionFold } from "./session-fold.ts";

/** The durable state with the commits under way on top. It is built only when a second write meets one under way. */
export interface Head {
  push(commit: Commit): void;
  state(): SessionState;
  /** What was under way is durable now, all of it or the first part. */
  landed(all: boolean): void;
  drop(): void;
}

/** Makes the head of a session with nothing under way. */
export const createHead = (fold: SessionFold): Head => new PipelineHead(fold);

/** A class, since there may be one for every session. */
class PipelineHead implements Head {
  readonly #fold: SessionFold;
  #state: SessionState | undefined;
  #unapplied: Commit[] = [];

  constructor(fold: SessionFold) {
    this.#fold = fold;
  }

  push(commit: Commit): void {
    this.#unapplied = added(this.#unapplied, commit);
  }

  state(): SessionState {
    let next = this.#state ?? draftOf(this.#fold.state);
    for (const commit of this.#unapplied) next = evolve(next, commit);
    this.#unapplied = [];
    this.#state = next;
    return next;
  }

  landed(all: boolean): void {
    if (all) this.drop();
    else this.#unapplied = this.#unapplied.filter((commit) => commit.revision > this.#fold.state.revision);
  }

  drop(): void {
    this.#state = undefined;
    this.#unapplied = [];
  }
}
