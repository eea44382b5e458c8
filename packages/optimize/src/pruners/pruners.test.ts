import { expect, test } from "vitest";
import { createRandomSampler } from "../samplers/random-sampler.ts";
import { createStudy } from "../study/study.ts";
import { createMedianPruner } from "./median-pruner.ts";
import type { Pruner } from "./pruner.ts";
import { createSuccessiveHalvingPruner } from "./successive-halving-pruner.ts";

const studyOf = (pruner: Pruner, metric = "loss") =>
  createStudy({
    space: { x: { kind: "real", min: 0, max: 1 } },
    sampler: createRandomSampler(),
    pruner,
    objectives: [{ metric }],
  });

/** Runs a trial that reports values step by step, until told to stop; gives how many it reported. */
function run(study: ReturnType<typeof studyOf>, values: readonly number[]): number {
  const number = study.ask()?.number ?? -1;
  for (const [step, value] of values.entries()) {
    if (!study.report(number, step, value)) continue;
    study.prune(number);
    return step + 1;
  }
  study.tell(number, values.at(-1) ?? 0);
  return values.length;
}

test("the median rule stops what is worse than the median of averages, after startup and warm-up", () => {
  const study = studyOf(createMedianPruner({ startupTrials: 3, warmupSteps: 1 }));
  expect(run(study, [9, 9, 9])).toBe(3);
  // Averages up to step 1 are 9, 5 and 2: the median is 5.
  expect(run(study, [6, 4, 2])).toBe(3);
  expect(run(study, [3, 1, 1])).toBe(3);
  expect(run(study, [8, 7, 1])).toBe(2);
  expect(run(study, [8, 5, 1])).toBe(3);
});

test("the median rule turns round where more is better", () => {
  const study = studyOf(createMedianPruner({ startupTrials: 1 }), "accuracy");
  expect(run(study, [0.5, 0.6])).toBe(2);
  expect(run(study, [0.4, 0.9])).toBe(1);
  expect(run(study, [0.6, 0.5])).toBe(2);
});

test("successive halving lets the best part of each rung go on", () => {
  // Rungs at steps 1, 2 and 4.
  const study = studyOf(createSuccessiveHalvingPruner({ minSteps: 1, reductionFactor: 2 }));
  expect(run(study, [0, 5, 5, 5, 5])).toBe(5);
  expect(run(study, [0, 6, 4, 4, 4])).toBe(2);
  expect(run(study, [0, 4, 6, 1, 1])).toBe(3);
  expect(run(study, [0, 4.5, 4, 4, 3])).toBe(5);
});

test("a pruner of several objectives is refused, as are options out of range", () => {
  const objectives = [{ metric: "a" }, { metric: "b" }];
  const space = { x: { kind: "real", min: 0, max: 1 } } as const;
  expect(() => createStudy({ space, objectives, pruner: createMedianPruner() })).toThrow(
    "pruner median needs one objective, got 2",
  );
  expect(() => createSuccessiveHalvingPruner({ reductionFactor: 1 })).toThrow(
    "reductionFactor must be a whole number of at least 2",
  );
});
