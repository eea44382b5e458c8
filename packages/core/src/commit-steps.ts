import type { Commit, SessionEvent } from "./commit.ts";
import { DerivedRun } from "./derivation/derived-run.ts";

/** What a commit consists of in the process that decides it: an event, or a run of derived values in the place of theirs. */
export type Step = SessionEvent | DerivedRun;

/**
 * Most derived values of a commit whose events are made at once: making them later takes a property that costs as much as they do.
 */
const few = 16;

/** The events that steps stand for, where they are there already or are few; none where they are better made later. */
export function eventsAtOnce(steps: readonly Step[]): readonly SessionEvent[] | undefined {
  let derived = 0;
  for (const step of steps) if (step instanceof DerivedRun) derived += step.slots.length;
  if (derived === 0) return steps as readonly SessionEvent[];
  return derived > few ? undefined : eventsIn(steps);
}

/** What a commit consists of, without its events being made where nobody has asked for them. */
export const stepsOf = (commit: Commit): readonly Step[] =>
  commit instanceof SteppedCommit ? SteppedCommit.stepsOf(commit) : commit.events;

/** The events that steps stand for, in order. Loops, which take a third of what generators do. */
export function eventsIn(steps: readonly Step[]): SessionEvent[] {
  const events: SessionEvent[] = [];
  for (const step of steps) {
    if (step instanceof DerivedRun) for (let at = 0; at < step.slots.length; at++) events.push(step.eventAt(at));
    else events.push(step);
  }
  return events;
}

/** A commit like any other, but that its events may be made when somebody asks for them. A class, so that it may keep its steps to itself. */
export class SteppedCommit implements Commit {
  declare readonly session: string;
  declare readonly revision: number;
  declare readonly atMs: number;
  declare readonly actor: string;
  declare readonly origin: Commit["origin"];
  declare readonly metadata: Commit["metadata"];
  declare readonly requestId?: string;
  declare readonly via?: NonNullable<Commit["via"]>;
  declare readonly grants?: NonNullable<Commit["grants"]>;
  declare readonly events: readonly SessionEvent[];
  readonly #steps: readonly Step[];
  #events: readonly SessionEvent[] | undefined;

  /** @param events - those of its steps, where they are there already */
  constructor(commit: Omit<Commit, "events">, steps: readonly Step[], events: readonly SessionEvent[] | undefined) {
    this.session = commit.session;
    this.revision = commit.revision;
    this.atMs = commit.atMs;
    this.actor = commit.actor;
    this.origin = commit.origin;
    this.metadata = commit.metadata;
    if (commit.requestId !== undefined) this.requestId = commit.requestId;
    if (commit.via !== undefined) this.via = commit.via;
    if (commit.grants !== undefined) this.grants = commit.grants;
    this.#steps = steps;
    // A property of its own, so that copies have it as well; where all have the same getter, V8 makes no dictionaries of them.
    if (events === undefined) Object.defineProperty(this, "events", lazyEvents);
    else this.events = events;
  }

  static stepsOf(commit: SteppedCommit): readonly Step[] {
    return commit.#steps;
  }

  static eventsOf(commit: SteppedCommit): readonly SessionEvent[] {
    commit.#events ??= eventsIn(commit.#steps);
    return commit.#events;
  }
}

const lazyEvents = {
  enumerable: true,
  get(this: SteppedCommit): readonly SessionEvent[] {
    return SteppedCommit.eventsOf(this);
  },
};
