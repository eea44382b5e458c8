import type { Space } from "@trimtab/core";
import fc from "fast-check";
import { expect, test } from "vitest";
import { createRandomSampler } from "../samplers/random-sampler.ts";
import { createStudy } from "../study/study.ts";
import type { Trial } from "../study/trial.ts";
import { createMedianPruner } from "./median-pruner.ts";
import { createSuccessiveHalvingPruner } from "./successive-halving-pruner.ts";

const real: Space = { kind: "real", min: 0, max: 1 };

/** Values of a trial by their order, at steps that rise by what is given, and how it ends. */
const course = fc.record({
  reports: fc.array(fc.record({ rise: fc.integer({ min: 1, max: 3 }), value: fc.integer({ min: 0, max: 6 }) }), {
    maxLength: 6,
  }),
  ends: fc.constantFrom("tell", "tell", "prune", "fail", "not"),
});

/** The median rule, looked up in all trials. */
function isWorseThanMedian(trial: Trial, trials: readonly Trial[]): boolean {
  const step = trial.intermediateValues.at(-1)?.step ?? -1;
  const complete = trials.filter(({ state }) => state === "complete");
  const averages = complete
    .map(({ intermediateValues }) => intermediateValues.filter((each) => each.step <= step))
    .filter((values) => values.length > 0)
    .map((values) => values.reduce((sum, { value }) => sum + value, 0) / values.length)
    .sort((a, b) => a - b);
  const [low, high] = [averages[(averages.length - 1) >> 1], averages[averages.length >> 1]];
  if (complete.length < 2 || low === undefined || high === undefined) return false;
  return Math.min(...trial.intermediateValues.map(({ value }) => value)) > (low + high) / 2;
}

/** Whether a trial has just reached a rung of 1, 2, 4 and so on, and is not in the better half there. */
function isHalved(trial: Trial, trials: readonly Trial[]): boolean {
  const reachedAt = ({ intermediateValues }: Trial, rung: number) =>
    intermediateValues.find(({ step }) => step >= rung)?.value;
  const [last = -1, before = -1] = trial.intermediateValues.toReversed().map(({ step }) => step);
  return [1, 2, 4, 8, 16].some((rung) => {
    const own = reachedAt(trial, rung);
    if (own === undefined || rung > last || rung <= before) return false;
    const reached = trials.flatMap((each) => reachedAt(each, rung) ?? []);
    return reached.filter((value) => value < own).length >= Math.max(1, Math.floor(reached.length / 2));
  });
}

const pruners = [
  ["the median rule", () => createMedianPruner({ startupTrials: 2 }), isWorseThanMedian],
  ["successive halving", () => createSuccessiveHalvingPruner({ reductionFactor: 2 }), isHalved],
] as const;

test.each(pruners)(
  "%s prunes what a look at all trials says, also in a study that another has gone on beside",
  (_, create, isHopeless) => {
    fc.assert(
      fc.property(fc.array(course, { maxLength: 14 }), fc.array(course, { maxLength: 6 }), (courses, others) => {
        const options = { space: { x: real }, sampler: createRandomSampler(), pruner: create() };
        const run = (study: ReturnType<typeof createStudy>, given: typeof courses) => {
          for (const { reports, ends } of given) {
            const { number = -1 } = study.ask() ?? {};
            let step = 0;
            for (const { rise, value } of reports) {
              step += rise;
              const answer = study.report(number, step, value);
              expect(answer).toBe(isHopeless(study.trials[number] ?? expect.fail("it was asked for"), study.trials));
            }
            if (ends === "tell") study.tell(number, 0);
            else if (ends === "prune") study.prune(number);
            else if (ends === "fail") study.fail(number);
          }
        };
        const study = createStudy(options);
        run(study, courses.slice(0, 8));
        run(createStudy(options, study.events), others);
        run(study, courses.slice(8));
      }),
    );
  },
);
