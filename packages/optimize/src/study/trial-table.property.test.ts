import type { Space } from "@trimtab/core";
import fc from "fast-check";
import { expect, test } from "vitest";
import { paretoFront } from "../objectives/dominance.ts";
import { toLosses } from "../objectives/objective.ts";
import { createRandomSampler } from "../samplers/random-sampler.ts";
import { decideStudy } from "./decide-study.ts";
import { evolveStudy, replayStudy } from "./evolve-study.ts";
import type { StudyCommand } from "./study-command.ts";
import type { StudyEvent } from "./study-event.ts";
import { initialStudyState, resumeStudyState, type StudyOptions, type StudyState } from "./study-state.ts";
import type { Trial } from "./trial.ts";
import { countTried, trialsHeldBy } from "./trial-table.ts";

const real: Space = { kind: "real", min: 0, max: 4 };
const optionsOf = (objectives: number): StudyOptions => ({
  space: { x: real },
  sampler: createRandomSampler(),
  objectives: [{ metric: "loss" }, { metric: "speed" }].slice(0, objectives),
  maxRetries: 2,
});

// Two of them have the same hash.
const clients = ["a", "worker-13314", "worker-190270"];
const number = fc.nat(12);
const clientId = fc.constantFrom(...clients);
// Few values, so that some trials are as good as others.
const values = fc.array(fc.integer({ min: 0, max: 3 }), { minLength: 2, maxLength: 2 });
const command: fc.Arbitrary<StudyCommand> = fc.oneof(
  fc.record({ kind: fc.constant("ask-trials" as const), clientId, count: fc.integer({ min: 1, max: 4 }) }),
  fc.record({ kind: fc.constant("ask-trials" as const) }),
  fc.record({
    kind: fc.constant("enqueue-trial" as const),
    parameters: fc.record({ x: fc.integer({ min: 0, max: 4 }) }),
  }),
  fc.record({ kind: fc.constant("complete-trial" as const), number, values }),
  fc.record({ kind: fc.constant("complete-trial" as const), number, values }),
  fc.record({ kind: fc.constant("prune-trial" as const), number }),
  fc.record({ kind: fc.constant("fail-trial" as const), number, retry: fc.boolean() }),
  fc.record({ kind: fc.constant("report-value" as const), number, step: fc.nat(3), value: fc.integer() }),
  fc.record({ kind: fc.constant("release-client" as const), clientId }),
  fc.record({
    kind: fc.constant("change-space" as const),
    parameters: fc.record({ x: fc.integer({ min: 1, max: 4 }).map((max): Space => ({ kind: "real", min: 0, max })) }),
  }),
);
/** A command, and how many states before the newest one it is given to. */
const program = fc.array(fc.tuple(command, fc.oneof({ weight: 4, arbitrary: fc.constant(0) }, fc.nat(5))), {
  minLength: 5,
  maxLength: 60,
});

interface Made {
  readonly state: StudyState;
  readonly events: readonly StudyEvent[];
  /** The trials as they were when the state was new. */
  readonly trials: readonly Trial[];
}

/** Gives each command to a state that there is, mostly the newest, and keeps all that come of it. */
function run(options: StudyOptions, objectives: number, steps: readonly (readonly [StudyCommand, number])[]) {
  const made: Made[] = [{ state: initialStudyState(options), events: [], trials: [] }];
  for (const [given, back] of steps) {
    const { state, events } = made[Math.max(0, made.length - 1 - back)] ?? expect.fail("the first is there");
    const told = given.kind === "complete-trial" ? { ...given, values: given.values.slice(0, objectives) } : given;
    const decision = decideStudy(state, told);
    if (decision.kind === "refused") continue;
    let next = state;
    for (const [i, event] of decision.events.entries()) {
      next = evolveStudy(next, event);
      made.push({
        state: next,
        events: [...events, ...decision.events.slice(0, i + 1)],
        trials: structuredClone(next.trials),
      });
    }
  }
  return made;
}

const inState = (trials: readonly Trial[], ...states: Trial["state"][]) =>
  trials.filter(({ state }) => states.includes(state));

/** What a table finds is what a search of all trials finds. */
function expectFound({ table, trials, definition: { directions } }: StudyState): void {
  expect(table.all.size).toBe(trials.length);
  expect(trials.map((_, i) => table.all.get(i))).toEqual(trials);
  expect([...table.waiting.values()]).toEqual(inState(trials, "waiting"));
  expect([...table.running.values()]).toEqual(inState(trials, "running"));
  const ended = inState(trials, "complete", "pruned", "failed");
  expect([...table.ended.values()]).toEqual(ended.toSorted((a, b) => (a.endOrder ?? -1) - (b.endOrder ?? -1)));
  expect(table.failed).toBe(inState(trials, "failed").length);
  expect(table.pruned).toBe(inState(trials, "pruned").length);
  expect(countTried(table)).toBe(inState(trials, "running", "complete", "pruned").length);
  const complete = inState(trials, "complete");
  const front = paretoFront(complete.map((trial) => toLosses(trial.values, directions)));
  expect([...table.front.values()]).toEqual(front.map((i) => complete[i]));
  for (const client of clients) {
    const held = inState(trials, "running").filter((trial) => trial.clientId === client);
    expect([...trialsHeldBy(table, client)]).toEqual(held);
  }
  for (const trial of trials) {
    expect(table.retries.get(trial.number)).toBe(trials.find(({ retryOf }) => retryOf === trial.number)?.number);
  }
}

test.each([1, 2])(
  "with %i objectives, states stay as they were, find what is there, and are those of a replay",
  (objectives) => {
    const options = optionsOf(objectives);
    fc.assert(
      fc.property(program, (steps) => {
        for (const { state, events, trials } of run(options, objectives, steps)) {
          expect(state.trials).toEqual(trials);
          expectFound(state);
          expect(replayStudy(options, events).trials).toEqual(trials);
        }
      }),
    );
  },
);

test.each([1, 2])("with %i objectives, a state that was kept as its trials goes on as it would have", (objectives) => {
  const options = optionsOf(objectives);
  fc.assert(
    fc.property(program, command, (steps, next) => {
      const { state } = run(options, objectives, steps).at(-1) ?? expect.fail("the first is there");
      const { spaceVersion, status, parallelism, maxTrials, layout, trials } = state;
      const kept = { spaceVersion, status, parallelism, maxTrials, trials: structuredClone(trials) };
      const resumed = resumeStudyState({ ...options, space: layout.space }, kept);
      expect(resumed.trials).toEqual(trials);
      expectFound(resumed);
      expect(decideStudy(resumed, next)).toEqual(decideStudy(state, next));
    }),
  );
});
