import fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { SearchSpace } from "../space/search-space.ts";
import { decideStudy } from "../study/decide-study.ts";
import { evolveStudy, replayStudy } from "../study/evolve-study.ts";
import { createStudy, type Study } from "../study/study.ts";
import type { StudyOptions } from "../study/study-state.ts";
import { arbitrarySpace } from "../test-parts/arbitrary-space.ts";
import { isValid } from "../test-parts/is-valid.ts";
import { createCmaEsSampler } from "./cma-es-sampler.ts";
import { createGpSampler } from "./gp-sampler.ts";
import { createGridSampler } from "./grid-sampler.ts";
import { createNsga2Sampler } from "./nsga2-sampler.ts";
import { createRandomSampler } from "./random-sampler.ts";
import { createSobolSampler } from "./sobol-sampler.ts";
import { createTpeSampler } from "./tpe-sampler.ts";

// As soon past their start as they go, so that few trials reach what they do then.
const samplers = {
  random: createRandomSampler,
  grid: () => createGridSampler({ pointsPerAxis: 2 }),
  sobol: createSobolSampler,
  tpe: () => createTpeSampler({ startupTrials: 3, candidates: 8 }),
  gp: () => createGpSampler({ startupTrials: 3, maxObservations: 6 }),
  "cma-es": () => createCmaEsSampler({ population: 4 }),
  nsga2: () => createNsga2Sampler({ population: 4 }),
};

/** A program for two workers: asks, and ends of what is under way, with values from the program. */
const steps = fc.array(
  fc.record({
    kind: fc.constantFrom("ask", "ask", "tell", "tell", "prune", "fail", "report", "enqueue"),
    which: fc.nat(3),
    value: fc.double({ min: -10, max: 10, noNaN: true }),
  }),
  { minLength: 10, maxLength: 30 },
);
type Step = typeof steps extends fc.Arbitrary<readonly (infer S)[]> ? S : never;

function take(study: Study, { kind, which, value }: Step): void {
  const running = study.trials.filter(({ state }) => state === "running");
  const trial = running[which % Math.max(1, running.length)];
  if (kind === "ask" || (trial === undefined && kind !== "enqueue")) study.ask();
  else if (kind === "enqueue") study.enqueue(study.trials[which]?.parameters ?? {});
  else if (trial === undefined) return;
  else if (kind === "tell") study.tell(trial.number, value);
  else if (kind === "prune") study.prune(trial.number);
  else if (kind === "fail") study.fail(trial.number, { retry: true });
  else study.report(trial.number, which, value);
}

const runStudy = (options: StudyOptions, program: readonly Step[]): Study => {
  const study = createStudy(options);
  for (const step of program) take(study, step);
  return study;
};

describe.each(Object.entries(samplers))("%s", (name, createSampler) => {
  const numRuns = name === "gp" ? 15 : 40;
  const optionsFor = (space: SearchSpace): StudyOptions => ({
    space,
    sampler: createSampler(),
    seed: 7,
    maxRetries: 1,
  });

  test("suggests valid points only", () => {
    fc.assert(
      fc.property(arbitrarySpace, steps, (space, program) => {
        for (const trial of runStudy(optionsFor(space), program).trials) {
          if (trial.state !== "waiting") expect(isValid(space, trial.parameters)).toBe(true);
        }
      }),
      { numRuns },
    );
  });

  test("suggests the same again, and goes on the same from a replay with a sampler that has seen nothing", () => {
    fc.assert(
      fc.property(arbitrarySpace, steps, (space, program) => {
        const study = runStudy(optionsFor(space), program);
        expect(runStudy(optionsFor(space), program).events).toEqual(study.events);
        const options = optionsFor(space);
        const replayed = replayStudy(options, study.events);
        expect(replayed.trials).toEqual(study.trials);
        const next = decideStudy(study.state, { kind: "ask-trials", count: 2 });
        expect(decideStudy(replayed, { kind: "ask-trials", count: 2 })).toEqual(next);
      }),
      { numRuns },
    );
  });

  test("suggests for a state what it would have, had it never been asked for another", () => {
    fc.assert(
      fc.property(arbitrarySpace, steps, fc.array(fc.nat(30), { maxLength: 6 }), (space, program, order) => {
        const study = createStudy(optionsFor(space));
        const made = program.map((step) => {
          take(study, step);
          return { state: study.state, events: study.events };
        });
        for (const at of order) {
          const { state, events } = made[at % made.length] ?? expect.fail("there is a first");
          const next = decideStudy(replayStudy(optionsFor(space), events), { kind: "ask-trials" });
          expect(decideStudy(state, { kind: "ask-trials" })).toEqual(next);
          // What one state goes on to is no other state's past.
          if (next.kind === "accepted") {
            const [number = 0] = next.numbers;
            const gone = [...next.events, { kind: "trial-completed" as const, number, values: [at], metrics: {} }];
            decideStudy(gone.reduce(evolveStudy, state), { kind: "ask-trials" });
          }
        }
      }),
      { numRuns },
    );
  });
});
