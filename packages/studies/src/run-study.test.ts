import { setImmediate } from "node:timers/promises";
import { createTypeRegistry, type Value } from "@trimtab/core";
import { createMemoryLog } from "@trimtab/log";
import { createMedianPruner, createRandomSampler } from "@trimtab/optimize";
import { createStore, type LocalStore } from "@trimtab/store";
import { builtinTypes, choice, float, integer, module } from "@trimtab/types";
import { afterEach, describe, expect, expectTypeOf, test } from "vitest";
import { openStudy, type StudyEntry, type StudyOptions } from "./index.ts";

const types = createTypeRegistry(builtinTypes);
const opened: LocalStore[] = [];
afterEach(async () => {
  for (const store of opened.splice(0)) await store.close();
});

const declared = {
  rate: float({ min: 0, max: 10, default: 5 }),
  model: module({ linear: {}, network: { layers: integer({ min: 1, max: 6, default: 2 }) } }, { default: "linear" }),
  tone: choice(["dry", "warm"], { default: "dry" }),
};

async function start(options: Partial<StudyOptions> = {}) {
  const store = createStore({ types });
  opened.push(store);
  await store.createSession({ id: "s" });
  const specs = Object.entries(declared).map(([name, { type, constraints, default: value }]) => ({
    name,
    type: type.name,
    value: value as Value,
    constraints,
  }));
  await store.registerVariables("s", specs);
  const log = createMemoryLog<StudyEntry>();
  const variables = ["rate", "model", "tone"];
  return openStudy({ store, log, types, session: "s", id: "run", variables, seed: 3, ...options });
}

describe("an objective with declared variables", () => {
  test("takes their values, each of its own type", async () => {
    const study = await start();
    const layers = new Set<number>();
    await study.optimize(
      ({ rate, model, tone }) => {
        expectTypeOf(rate).toEqualTypeOf<number>();
        expectTypeOf(tone).toEqualTypeOf<"dry" | "warm">();
        if (model.module === "network") {
          expectTypeOf(model.parameters.layers).toEqualTypeOf<number>();
          layers.add(model.parameters.layers);
        }
        expect(["dry", "warm"]).toContain(tone);
        return rate;
      },
      { trials: 20, variables: declared },
    );
    expect((await study.trials()).map(({ state }) => state)).not.toContain("failed");
    expect(layers.size).toBeGreaterThan(1);
    for (const each of layers) expect(Number.isInteger(each)).toBe(true);
  });

  test("is refused what is not searched, or is of another type, before any trial", async () => {
    const study = await start({ variables: ["rate"] });
    await expect(study.optimize(() => 1, { trials: 1, variables: declared })).rejects.toMatchObject({
      reason: "invalid_argument",
      details: { field: "variables", value: "model" },
    });
    const other = { rate: integer({ min: 0, max: 10 }) };
    await expect(study.optimize(({ rate }) => rate, { trials: 1, variables: other })).rejects.toMatchObject({
      reason: "invalid_type",
    });
    expect(await study.trials()).toEqual([]);
  });

  test("has a trial fail whose value is beyond what the program declares", async () => {
    const study = await start({ variables: ["rate"] });
    const narrow = { rate: float({ min: 20, max: 30 }) };
    await study.optimize(({ rate }) => rate, { trials: 2, variables: narrow, keepGoing: true });
    expect((await study.trials()).map(({ cause }) => cause)).toEqual([
      expect.stringContaining("is below minimum 20"),
      expect.stringContaining("is below minimum 20"),
    ]);
  });
});

describe("a run", () => {
  test("fails the trials whose objective throws, and goes on where it is told to", async () => {
    const study = await start();
    const failing = (_: unknown, { number }: { number: number }) => {
      if (number % 2 === 1) throw new RangeError(`no value for ${number}`);
      return number;
    };
    await study.optimize(failing, { trials: 4, keepGoing: true });
    expect((await study.trials()).map(({ state }) => state)).toEqual(["complete", "failed", "complete", "failed"]);
    expect((await study.trials())[3]?.cause).toBe("RangeError: no value for 3");
    await expect(study.optimize(failing, { trials: 10 })).rejects.toThrow("no value for 5");
    expect(await study.trials()).toHaveLength(6);
  });

  test("prunes from inside the objective", async () => {
    const study = await start({ pruner: createMedianPruner({ startupTrials: 1 }), sampler: createRandomSampler() });
    await study.optimize(
      async (_, trial) => {
        for (let step = 0; step < 3; step++) if (await trial.report(step, trial.number + step)) return "pruned";
        return trial.number;
      },
      { trials: 3 },
    );
    expect((await study.trials()).map(({ state }) => state)).toEqual(["complete", "pruned", "pruned"]);
    expect((await study.trials())[2]?.intermediateValues.length).toBeGreaterThan(0);
  });

  test("that is aborted starts no more, tells those under way, and puts them in line again", async () => {
    const study = await start({ maxRetries: 1 });
    const stop = new AbortController();
    const began = Promise.withResolvers<void>();
    let running = 0;
    const run = study.optimize(
      (_, { signal }) => {
        if (++running === 2) began.resolve();
        return new Promise<number>((_, reject) => signal.addEventListener("abort", () => reject(signal.reason)));
      },
      { trials: 10, parallel: 2, signal: stop.signal },
    );
    await began.promise;
    stop.abort();
    await run;
    expect((await study.trials()).map(({ state }) => state)).toEqual(["failed", "failed", "waiting", "waiting"]);
    const points = (await study.trials()).map(({ parameters }) => parameters);
    expect(points.slice(2)).toEqual(points.slice(0, 2));
    await study.optimize(() => 1, { trials: 5, signal: stop.signal });
    expect(await study.trials()).toHaveLength(4);
  });

  test("keeps trials that take longer than a trial may go unheard of", async () => {
    let atMs = 0;
    const study = await start({ now: () => atMs, trialTtlMs: 30 });
    await study.optimize(
      async (_, { number }) => {
        const leaseOf = async () => (await study.trial(number)).leaseExpiresAtMs ?? expect.fail("the trial is lost");
        for (let round = 0; round < 3; round++) {
          const before = await leaseOf();
          atMs += 20;
          while ((await leaseOf()) === before) await setImmediate();
        }
        return 1;
      },
      { trials: 1 },
    );
    expect((await study.trials()).map(({ state }) => state)).toEqual(["complete"]);
    expect(atMs).toBe(60);
  });

  test("lets no more trials run at once than it is told to", async () => {
    const study = await start();
    const four = Promise.withResolvers<void>();
    let [running, most] = [0, 0];
    await study.optimize(
      async () => {
        most = Math.max(most, ++running);
        if (running === 4) four.resolve();
        await four.promise;
        running--;
        return 1;
      },
      { trials: 12, parallel: 4 },
    );
    expect([(await study.trials()).length, most]).toEqual([12, 4]);
  });

  test("shows on what it is given how far it is, with the best of the study or the size of its front", async () => {
    const texts: string[] = [];
    const progress = { write: (text: string) => texts.push(text) };
    const study = await start();
    await study.optimize((_, { number }) => 5 - number, { trials: 4, progress });
    expect(texts.map((text) => text.replace(/ *[\d.]+ (trials|ms|s).*\n/, ""))).toEqual([
      expect.stringMatching(/^1\/4 .* best 5,$/),
      expect.stringMatching(/^2\/4 .* best 4,$/),
      expect.stringMatching(/^3\/4 .* best 3,$/),
      expect.stringMatching(/^4\/4 .* best 2,$/),
    ]);
    texts.length = 0;
    const several = await start({ id: "several", objectives: [{ metric: "loss" }, { metric: "cost" }] });
    await several.optimize((_, { number }) => [number, number], { trials: 3, progress });
    expect(texts.at(-1)).toContain("3 on the front");
  });

  test("is refused numbers that make no sense", async () => {
    const study = await start();
    await expect(study.optimize(() => 1, { trials: 1.5 })).rejects.toThrow(
      "trials must be a whole number of at least 0, got 1.5",
    );
    await expect(study.optimize(() => 1, { trials: 1, parallel: 0 })).rejects.toThrow(
      "parallel must be a whole number of at least 1, got 0",
    );
  });
});
