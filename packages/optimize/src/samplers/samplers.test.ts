import type { Space, ValueRecord } from "@trimtab/core";
import { describe, expect, test } from "vitest";
import { hypervolume } from "../objectives/hypervolume.ts";
import { createStudy } from "../study/study.ts";
import type { StudyOptions } from "../study/study-state.ts";
import { createCmaEsSampler } from "./cma-es-sampler.ts";
import { createGpSampler } from "./gp-sampler.ts";
import { createGridSampler } from "./grid-sampler.ts";
import { createNsga2Sampler } from "./nsga2-sampler.ts";
import { createRandomSampler } from "./random-sampler.ts";
import { createSobolSampler } from "./sobol-sampler.ts";
import { createTpeSampler } from "./tpe-sampler.ts";

const real = (min: number, max: number): Space => ({ kind: "real", min, max });
const toValue = (branch: string, parameters: ValueRecord) => ({ branch, parameters });
const plane = { x: real(-5, 10), y: real(0, 15) };
const bowl = ({ x, y }: ValueRecord) => ((x as number) - 3) ** 2 + ((y as number) - 9) ** 2;

/** The best of a study on a bowl, by median of five seeds. */
async function bestOn(options: Omit<StudyOptions, "space">, trials: number): Promise<number> {
  const bests: number[] = [];
  for (let seed = 0; seed < 5; seed++) {
    const study = createStudy({ space: plane, ...options, seed });
    await study.optimize(bowl, { trials });
    bests.push(study.best?.values[0] ?? Number.NaN);
  }
  return bests.sort((a, b) => a - b)[2] ?? Number.NaN;
}

test("each sampler closes in on a bowl's bottom where random points do not", async () => {
  expect(await bestOn({ sampler: createRandomSampler() }, 60)).toBeGreaterThan(0.1);
  expect(await bestOn({ sampler: createTpeSampler() }, 60)).toBeLessThan(0.1);
  expect(await bestOn({ sampler: createGpSampler() }, 30)).toBeLessThan(1e-3);
  expect(await bestOn({ sampler: createCmaEsSampler() }, 120)).toBeLessThan(1e-2);
});

test("CMA-ES reaches 1e-8 in a study, and starts again from elsewhere once it cannot get closer", async () => {
  const study = createStudy({ space: { x: real(-5, 10), y: real(0, 15) }, sampler: createCmaEsSampler(), seed: 2 });
  await study.optimize(bowl, { trials: 900 });
  expect(study.best?.values[0]).toBeLessThan(1e-8);
  const runs = study.trials.map(({ note }) => note?.["run"] as number);
  expect(runs.at(-1)).toBeGreaterThan(0);
});

describe("TPE looks for more of those pruned trials that", () => {
  /** The mean of what is suggested after 20 trials from 0 to 1 that were pruned, each after one report. */
  function suggestedAfter(reportAt: (x: number) => readonly [number, number], direction: "minimize" | "maximize") {
    const sampler = createTpeSampler({ startupTrials: 20 });
    const study = createStudy({ space: { x: real(0, 1) }, objectives: [{ metric: "m", direction }], sampler, seed: 3 });
    const ask = () => study.ask() ?? expect.fail("there is always another");
    for (let i = 0; i < 20; i++) {
      study.enqueue({ x: i / 19 });
      const { number } = ask();
      study.report(number, ...reportAt(i / 19));
      study.prune(number);
    }
    const suggested = Array.from({ length: 40 }, () => {
      const { number, point } = ask();
      // What has failed says nothing.
      study.fail(number);
      return Number(point["x"]);
    });
    return suggested.reduce((sum, x) => sum + x, 0) / suggested.length;
  }

  test("got further", () => {
    expect(suggestedAfter((x) => [x > 0.8 ? 5 : 1, 0], "minimize")).toBeGreaterThan(0.6);
    expect(suggestedAfter((x) => [x < 0.2 ? 5 : 1, 0], "minimize")).toBeLessThan(0.4);
  });

  test("were better where they ended, of those that got as far", () => {
    expect(suggestedAfter((x) => [1, x], "minimize")).toBeLessThan(0.4);
    expect(suggestedAfter((x) => [1, x], "maximize")).toBeGreaterThan(0.6);
  });
});

test("the Gaussian process tries no point twice while there is another", () => {
  const space: Record<string, Space> = {
    size: { kind: "integer", min: 1n, max: 4n },
    width: { kind: "integer", min: 1n, max: 3n, log: true },
    name: { kind: "conditional", branches: { a: {}, b: { n: { kind: "integer", min: 1n, max: 2n } } }, toValue },
  };
  const study = createStudy({ space, sampler: createGpSampler({ startupTrials: 2 }), seed: 5 });
  const points: string[] = [];
  for (let i = 0; i < 18; i++) {
    // Two at a time, of which the second is not what the first is trying.
    for (const { number, point } of study.askMany(2)) {
      points.push(JSON.stringify(point));
      study.tell(number, Number(point["size"]) * Number(point["width"]) - (point["name"] === "b" ? 1 : 0));
    }
  }
  expect(new Set(points).size).toBe(4 * 3 * 3);
  expect(study.ask()).toBeDefined();
});

test.each([1, 2])("the Gaussian process tries the best corner of %i real parameters once", (count) => {
  const space = Object.fromEntries(Array.from({ length: count }, (_, i) => [`x${i}`, real(0, 1)] as const));
  const study = createStudy({ space, sampler: createGpSampler(), seed: 1 });
  for (let i = 0; i < 25; i++) {
    const { number = -1, parameters = {} } = study.ask() ?? {};
    study.tell(
      number,
      (Object.values(parameters) as number[]).reduce((sum, x) => sum + x, 0),
    );
  }
  expect(study.best?.values).toEqual([0]);
  expect(new Set(study.trials.map(({ point }) => JSON.stringify(point))).size).toBe(25);
});

test("the grid tries every point once and then has no more", () => {
  const space: Record<string, Space> = {
    x: real(0, 1),
    kind: {
      kind: "conditional",
      branches: { a: { n: { kind: "integer", min: 1n, max: 3n } }, b: {} },
      toValue,
    },
  };
  const study = createStudy({ space, sampler: createGridSampler({ pointsPerAxis: 4 }) });
  const asked = study.askMany(100);
  expect(asked).toHaveLength(4 * (3 + 1));
  expect(new Set(asked.map(({ point }) => JSON.stringify(point))).size).toBe(16);
  expect(asked.map(({ point }) => point["x"])).toContain(1);
  for (const { number } of asked) study.tell(number, 0);
  expect(study.ask()).toBeUndefined();
  expect(study.state.status).toBe("completed");
});

const wide: [string, Space, number][] = [
  ["more integers than a float tells apart", { kind: "integer", min: -(2n ** 53n) + 1n, max: 2n ** 53n - 1n }, 5],
  ["integers of 64 bits", { kind: "integer", min: -(2n ** 63n), max: 2n ** 63n - 1n }, 5],
  ["magnitudes", { kind: "real", min: 0.1, max: 0.7, log: true }, 5],
];

test.each(wide)("the grid goes on from every point that it has tried of %s", (_, x, count) => {
  const study = createStudy({ space: { x }, sampler: createGridSampler() });
  const tried = new Set<string>();
  for (let trial = study.ask(), asked = 0; trial !== undefined && asked < 10; trial = study.ask(), asked++) {
    tried.add(String(trial.point["x"]));
    study.tell(trial.number, 0);
  }
  expect(tried.size).toBe(count);
  expect(study.state.status).toBe("completed");
});

test("Sobol goes on through its sequence, also after a restart", () => {
  const options = { space: plane, sampler: createSobolSampler(), seed: 4 };
  const study = createStudy(options);
  const whole = createStudy(options).askMany(8);
  study.askMany(4);
  const resumed = createStudy(options, study.events);
  expect(resumed.askMany(4).map(({ point }) => point)).toEqual(whole.slice(4).map(({ point }) => point));
});

test("workers at the same time are sent to different places", () => {
  for (const sampler of [createTpeSampler(), createGpSampler(), createCmaEsSampler()]) {
    const study = createStudy({ space: plane, sampler, seed: 1 });
    for (let i = 0; i < 20; i++) {
      const trial = study.ask();
      if (trial !== undefined) study.tell(trial.number, bowl(trial.parameters));
    }
    const points = study.askMany(4).map(({ point }) => `${point["x"]} ${point["y"]}`);
    expect(new Set(points).size).toBe(4);
  }
});

describe("several objectives", () => {
  const line: Record<string, Space> = { x: real(0, 4), y: real(0, 4) };
  /** Two bowls: the Pareto set is the line between their bottoms. */
  const two = ({ x, y }: ValueRecord) => {
    const [a, b] = [x as number, y as number];
    return [(a - 1) ** 2 + (b - 1) ** 2, (a - 3) ** 2 + (b - 3) ** 2];
  };
  const volumeOf = async (sampler: StudyOptions["sampler"]) => {
    const objectives = [
      { metric: "a", direction: "minimize" as const },
      { metric: "b", direction: "minimize" as const },
    ];
    const study = createStudy({ space: line, objectives, ...(sampler && { sampler }), seed: 3 });
    await study.optimize(two, { trials: 300 });
    return hypervolume(
      study.paretoFront.map(({ values }) => values),
      [8, 8],
    );
  };

  test("NSGA-II and TPE cover more of the front than random points", async () => {
    const random = await volumeOf(createRandomSampler());
    expect(await volumeOf(createNsga2Sampler({ population: 20 }))).toBeGreaterThan(random);
    expect(await volumeOf(createTpeSampler())).toBeGreaterThan(random);
  });
});

test("CMA-ES is not asked for more than it has memory and time for", () => {
  const start = (dimensions: number) =>
    createStudy({
      space: { v: { kind: "vector", dimensions, sphere: false, min: 0, max: 1 } },
      sampler: createCmaEsSampler(),
    });
  const study = start(100);
  expect(study.ask()).toBeDefined();
  const tooMany = "cma-es searches at most 1000 ordered parameters, not";
  expect(() => start(1001)).toThrow(`${tooMany} 1001`);
  const more = { kind: "vector", dimensions: 901, sphere: false, min: 0, max: 1 } as const;
  expect(() => study.changeSpace({ w: more })).toThrow(`${tooMany} 1001`);
  study.changeSpace({ w: { ...more, dimensions: 900 } });
});

test("options out of range are refused by name", () => {
  expect(() => createTpeSampler({ candidates: 0 })).toThrow("candidates must be a whole number of at least 1, got 0");
  expect(() => createGpSampler({ maxObservations: 5 })).toThrow(
    "maxObservations must be a whole number of at least 10",
  );
  expect(() => createCmaEsSampler({ population: 3 })).toThrow("population must be a whole number of at least 4");
  expect(() => createNsga2Sampler({ population: 2.5 })).toThrow("population must be a whole number of at least 4");
  expect(() => createGridSampler({ pointsPerAxis: 1 })).toThrow("pointsPerAxis must be a whole number of at least 2");
});
