import { parseValue, type VariableDeclaration } from "@trimtab/core";
import { expect, it } from "vitest";
import { ranked, refine, sweep, type Trial } from "./search.ts";
import { createRandom } from "./seeded-random.ts";
import { type Settings, settings } from "./variables.ts";

/** Trials that a made-up landscape answers at once: the more examples and the finer, the better. */
function search(count: number, seed: number): Trial[] {
  const random = createRandom(seed);
  const tried: Trial[] = [];
  const attempt = (tries: Settings) => {
    const fineness = Number.parseInt(tries.resolution, 10) / 14;
    tried.push({ settings: tries, accuracy: (fineness + Number(tries.classifier.parameters.examples) / 1500) / 2 });
  };
  for (const tries of sweep()) attempt(tries);
  while (tried.length < count) attempt(refine(tried, random));
  return tried;
}

it("tries every classifier first", () => {
  const modules = sweep().map(({ classifier }) => classifier.module);
  expect(new Set(modules)).toEqual(new Set(["nearest", "bayes", "tree", "forest"]));
});

it("never tries the same twice, and nothing that the variables refuse", () => {
  const tried = search(60, 1);
  expect(new Set(tried.map((trial) => JSON.stringify(trial.settings))).size).toBe(60);
  for (const { settings: values } of tried) {
    for (const name of ["classifier", "resolution", "digits"] as const) {
      const { type, constraints }: VariableDeclaration = settings[name];
      expect(parseValue(type, constraints, values[name], name).kind).toBe("parsed");
    }
    expect(values.digits).toBe("validation");
  }
});

it("changes one thing of one of the best three", () => {
  const tried = search(8, 1);
  const bases = ranked(tried).slice(0, 3);
  const random = createRandom(3);
  for (let round = 0; round < 100; round++) {
    const next = refine(tried, random);
    expect(bases.some((base) => differences(base.settings, next) === 1)).toBe(true);
  }
});

it("climbs", () => {
  const best = (tried: readonly Trial[]) => ranked(tried)[0]?.accuracy ?? 0;
  for (const seed of [1, 2, 3]) {
    const tried = search(60, seed);
    expect(best(tried)).toBeGreaterThan(best(tried.slice(0, sweep().length)));
    expect(best(tried)).toBeGreaterThan(0.9);
  }
});

it("tries the same for the same seed, and otherwise for another", () => {
  expect(search(30, 7)).toEqual(search(30, 7));
  expect(search(30, 7)).not.toEqual(search(30, 8));
});

it("goes on where everything near the best was tried", () => {
  expect(new Set(search(400, 2).map((trial) => JSON.stringify(trial.settings))).size).toBe(400);
});

it("ranks the best first, and of equals the earlier", () => {
  const [a, b] = sweep();
  if (a === undefined || b === undefined) throw new Error("the sweep is empty");
  const trials = [
    { settings: a, accuracy: 0.5 },
    { settings: a, accuracy: 0.7 },
    { settings: b, accuracy: 0.7 },
  ];
  expect(ranked(trials)).toEqual([trials[1], trials[2], trials[0]]);
});

it("has nothing to refine before something was tried", () => {
  expect(() => refine([], createRandom(1))).toThrow(RangeError);
});

/** In how many things settings differ; another classifier counts for many. */
function differences(a: Settings, b: Settings): number {
  if (a.classifier.module !== b.classifier.module) return Number.POSITIVE_INFINITY;
  const other: Readonly<Record<string, unknown>> = b.classifier.parameters;
  const parameters = Object.entries(a.classifier.parameters).filter(([name, value]) => other[name] !== value);
  return parameters.length + Number(a.resolution !== b.resolution);
}
