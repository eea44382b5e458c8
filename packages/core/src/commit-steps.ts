import type { Commit, SessionEvent } from "./commit.ts";
import { DerivedRun } from "./derivation/derived-run.ts";

/** What a commit consists of in the process that decides it: an event, or a run of derived values in the place of theirs. */
export type Step = SessionEvent | DerivedRun;

/** Says whether there are only events among steps. A loop, since it is asked of every write. */
export function arePlain(steps: readonly Step[]): steps is readonly SessionEvent[] {
  for (const step of steps) if (step instanceof DerivedRun) return false;
  return true;
}

/** What a commit consists of, without its events being made where nobody has asked for them. */
export const stepsOf = (commit: Commit): readonly Step[] =>
  commit instanceof SteppedCommit ? SteppedCommit.stepsOf(commit) : commit.events;

/** The events that steps stand for, in order. */
export function* eventsIn(steps: readonly Step[]): Generator<SessionEvent> {
  for (const step of steps) {
    if (step instanceof DerivedRun) yield* step.events();
    else yield step;
  }
}

/** A commit like any other, but that its events are made when somebody asks for them. A class, so that it may keep its steps to itself. */
export class SteppedCommit implements Commit {
  declare readonly session: string;
  declare readonly revision: number;
  declare readonly atMs: number;
  declare readonly actor: string;
  declare readonly origin: Commit["origin"];
  declare readonly metadata: Commit["metadata"];
  declare readonly events: readonly SessionEvent[];
  readonly #steps: readonly Step[];
  #events: readonly SessionEvent[] | undefined;

  constructor({ events: _, ...rest }: Commit, steps: readonly Step[]) {
    Object.assign(this, rest);
    this.#steps = steps;
    // A property of its own, so that copies have it as well; where all have the same getter, V8 makes no dictionaries of them.
    Object.defineProperty(this, "events", lazyEvents);
  }

  static stepsOf(commit: SteppedCommit): readonly Step[] {
    return commit.#steps;
  }

  static eventsOf(commit: SteppedCommit): readonly SessionEvent[] {
    commit.#events ??= [...eventsIn(commit.#steps)];
    return commit.#events;
  }
}

const lazyEvents = {
  enumerable: true,
  get(this: SteppedCommit): readonly SessionEvent[] {
    return SteppedCommit.eventsOf(this);
  },
};
