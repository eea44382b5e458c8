import { createTypeRegistry, isStoreError, type Store } from "@trimtab/core";
import { cel } from "@trimtab/expressions";
import { createEncodedLog, createMemoryLog } from "@trimtab/log";
import { createRandomSampler } from "@trimtab/optimize";
import { createStore, type LocalStore } from "@trimtab/store";
import { builtinTypes } from "@trimtab/types";
import { afterEach, describe, expect, test } from "vitest";
import { openStudy, type StudyOptions, studyCodec } from "./index.ts";

const types = createTypeRegistry(builtinTypes);
const opened: LocalStore[] = [];
afterEach(async () => {
  for (const store of opened.splice(0)) await store.close();
});

async function openSession(): Promise<Store> {
  const store = createStore({ types, expressions: cel });
  opened.push(store);
  await store.createSession({ id: "s" });
  await store.registerVariables("s", [
    { name: "x", type: "float", value: 5, constraints: { min: -10, max: 10 } },
    { name: "y", type: "float", value: 5, constraints: { min: -10, max: 10 } },
    { name: "count", type: "integer", value: 3, constraints: { min: 1, max: 9 } },
    { name: "model", type: "module", value: "b", constraints: { choices: ["a", "b"] } },
    { name: "sum", type: "float", derivation: { kind: "expression", expression: "x + y" } },
  ]);
  return store;
}

const settings = async (options: Partial<StudyOptions> = {}): Promise<StudyOptions> => ({
  store: await openSession(),
  // Through bytes, as on disk.
  log: createEncodedLog(createMemoryLog<Uint8Array>(), studyCodec),
  types,
  session: "s",
  id: "study",
  variables: ["x", "y", "count", "model"],
  seed: 7,
  ...options,
});

type Point = { x: number; y: number; count: bigint | number };
const bowl = ({ x, y, count }: Point) => (x - 1) ** 2 + (y + 2) ** 2 + Math.abs(Number(count) - 4);

const reasonOf = (promise: Promise<unknown>) =>
  promise.then(
    () => "resolved",
    (error: unknown) => (isStoreError(error) ? error.reason : error),
  );

describe("a study over a store", () => {
  test("finds better values and changes nothing until the best is applied, which can be undone", async () => {
    const options = await settings();
    const { store } = options;
    const study = await openStudy(options);
    const { revision } = await store.listVariables("s");
    await study.optimize(bowl, { trials: 40, parallel: 3 });
    expect(await study.trials()).toHaveLength(40);
    const best = Math.min(...(await study.trials()).flatMap(({ values }) => values));
    expect((await study.best())?.values).toEqual([best]);
    expect(best).toBeLessThan(bowl({ x: 5, y: 5, count: 3 }));
    expect((await store.listVariables("s")).revision).toBe(revision);
    const applied = await study.apply();
    const after = await store.listVariables("s");
    expect(after.revision).toBe(revision + 1);
    expect((await store.getVariable("s", "x")).value).toBe(applied.parameters["x"]);
    await study.rollback();
    expect((await store.getVariable("s", "x")).value).toBe(5);
    await study.apply();
    await store.setVariable("s", "x", 9);
    expect(await reasonOf(study.rollback())).toBe("version_mismatch");
  });

  test("goes on after a restart as if there had been none", async () => {
    const run = async (restarts: boolean) => {
      const options = await settings();
      let study = await openStudy(options);
      for (let i = 0; i < 15; i++) {
        if (restarts) study = await openStudy(options);
        const trial = await study.ask();
        if (trial === undefined) return expect.fail("there is always another trial");
        await study.tell(trial.number, bowl(trial.parameters as Point));
      }
      return (await study.trials()).map(({ parameters, values }) => ({ parameters, values }));
    };
    expect(await run(true)).toEqual(await run(false));
  });

  test("is shared by processes: each trial is one client's, which gets it again when it asks again", async () => {
    const options = await settings();
    const [here, there] = [await openStudy(options), await openStudy(options)];
    const [first, second] = await Promise.all([here.ask("one"), there.ask("two")]);
    expect(new Set([first?.number, second?.number])).toEqual(new Set([0, 1]));
    expect((await (await openStudy(options)).ask("one"))?.number).toBe(first?.number);
    expect(await reasonOf(there.tell(first?.number ?? -1, 1, { clientId: "two" }))).toBe("lease_lost");
    await here.tell(first?.number ?? -1, 1, { clientId: "one" });
    expect(await reasonOf(here.tell(first?.number ?? -1, 2))).toBe("trial_ended");
  });

  test("puts trials that nobody hears of in line again", async () => {
    let atMs = 0;
    const options = await settings({ now: () => atMs, trialTtlMs: 1000, maxRetries: 1 });
    const study = await openStudy(options);
    const lost = await study.ask("lost");
    const kept = await study.ask("kept");
    atMs = 900;
    await study.report(kept?.number ?? -1, 1, 0.5);
    atMs = 1100;
    const again = await study.ask("other");
    expect(again?.parameters).toEqual(lost?.parameters);
    expect((await study.trials()).map(({ state }) => state)).toEqual(["failed", "running", "running"]);
  });

  test("tries first what is put in line, and obeys bounds from when they change", async () => {
    const options = await settings();
    const study = await openStudy(options);
    await study.enqueue({ x: 3, y: 4 });
    expect((await study.ask())?.parameters).toMatchObject({ x: 3, y: 4 });
    await study.changeBounds("x", { min: 0, max: 0.5 });
    for (let i = 0; i < 10; i++) {
      const x = Number((await study.ask())?.parameters["x"]);
      expect(x >= 0 && x <= 0.5).toBe(true);
    }
    const resumed = await openStudy(options);
    expect((await resumed.info()).variables[0]?.constraints).toEqual({ min: 0, max: 0.5 });
    expect((await resumed.trials()).at(-1)?.spaceVersion).toBe(2);
    expect((await options.store.getVariable("s", "x")).constraints).toEqual({ min: -10, max: 10 });
    expect(await reasonOf(study.changeBounds("z", {}))).toBe("invalid_argument");
  });

  test("hands out nothing that the session's rules forbid", async () => {
    const options = await settings({ sampler: createRandomSampler() });
    await options.store.putRule("s", { name: "order", expression: "x <= y" });
    const study = await openStudy(options);
    for (let i = 0; i < 10; i++) {
      const { x, y } = (await study.ask())?.parameters ?? {};
      expect(Number(x)).toBeLessThanOrEqual(Number(y));
    }
    await study.changeBounds("x", { min: 0, max: 1 });
    await options.store.putRule("s", { name: "never", expression: "x == 5.0" });
    expect(await reasonOf(study.ask())).toBe("rule_violation");
  });

  test("runs trials in overlays, where what is derived follows and the session is left alone", async () => {
    const options = await settings();
    const { store } = options;
    const study = await openStudy(options);
    const sums: [number, number][] = [];
    await study.optimize<Point>(
      async (parameters, { overlay = "" }) => {
        sums.push([Number((await store.getVariable(overlay, "sum")).value), parameters.x + parameters.y]);
        expect((await store.getVariable("s", "x")).value).toBe(5);
        return bowl(parameters);
      },
      { trials: 4, parallel: 2, overlays: true },
    );
    for (const [seen, expected] of sums) expect(seen).toBeCloseTo(expected, 9);
    expect((await store.listSessions()).items.map(({ id }) => id)).toEqual(["s"]);
  });

  test("leaves no overlay of a trial that the session does not take any more", async () => {
    const options = await settings();
    const { store } = options;
    const study = await openStudy(options);
    await study.enqueue({ x: 9, y: 9 });
    const { number = -1 } = (await study.ask()) ?? {};
    await store.updateVariable("s", "x", { constraints: { min: 0, max: 6 } });
    for (let i = 0; i < 2; i++) expect(await reasonOf(study.openOverlay(number))).toBe("constraint_violation");
    await store.updateVariable("s", "x", { constraints: { min: 0, max: 10 } });
    const overlay = await study.openOverlay(number);
    expect((await store.getVariable(overlay, "x")).value).toBe(9);
  });

  test("fails trials whose objective throws or gives no number", async () => {
    const study = await openStudy(await settings());
    await study.optimize(() => Number.NaN, { trials: 1 });
    const failing = () => {
      throw new RangeError("no");
    };
    await expect(study.optimize(failing, { trials: 1 })).rejects.toThrow("no");
    expect((await study.trials()).map(({ state }) => state)).toEqual(["failed", "failed"]);
    expect(await reasonOf(study.apply())).toBe("not_found");
  });

  test("searches what is written by hand, with the sampler that it was created with", async () => {
    const options = await settings();
    expect(await reasonOf(openStudy({ ...options, variables: ["sum"] }))).toBe("read_only");
    expect(await reasonOf(openStudy({ ...options, variables: ["missing"] }))).toBe("not_found");
    await openStudy(options);
    expect(await reasonOf(openStudy({ ...options, sampler: createRandomSampler() }))).toBe("invalid_argument");
  });
});
