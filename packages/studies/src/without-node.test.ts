import { createTypeRegistry } from "@trimtab/core";
import { createMemoryLog } from "@trimtab/log";
import { fitKernel } from "@trimtab/optimize";
import { createStore } from "@trimtab/store";
import { builtinTypes } from "@trimtab/types";
import { afterEach, expect, onTestFinished, test, vi } from "vitest";
import { createKernelThread, createStudies, openStudy, type StudyEntry } from "./index.ts";
import { progressOutput } from "./show-progress.ts";

afterEach(() => vi.unstubAllGlobals());

const uuid = /^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/;

/** Runs something at once where there is no `process`. */
function withoutProcess<T>(run: () => T): T {
  vi.stubGlobal("process", undefined);
  try {
    return run();
  } finally {
    vi.unstubAllGlobals();
  }
}

test("without threads of Node, kernels are fitted by the thread that asks", async () => {
  const thread = withoutProcess(createKernelThread);
  const input = {
    units: [Float64Array.of(0.1), Float64Array.of(0.7), Float64Array.of(0.9)],
    values: Float64Array.of(1, 0, 0.5),
    isCategorical: [false],
  };
  expect(await thread.fitKernel(input)).toEqual(fitKernel(input));
  await thread.close();
  await expect(thread.fitKernel(input)).rejects.toThrow("has ended");
});

test("without a standard error no progress is shown, whether or not it is asked for", () => {
  expect(withoutProcess(() => [progressOutput(undefined), progressOutput(true)])).toEqual([undefined, undefined]);
});

test("a study runs where timers are numbers and nobody makes UUIDs, as on a page of an origin that is not secure", async () => {
  const { setTimeout: schedule, crypto } = globalThis;
  vi.stubGlobal("crypto", { getRandomValues: crypto.getRandomValues.bind(crypto) });
  vi.stubGlobal("setTimeout", (callback: () => void, ms: number) => Number(schedule(callback, ms)));
  const types = createTypeRegistry(builtinTypes);
  const store = createStore({ types });
  onTestFinished(() => store.close());
  await store.createSession({ id: "s" });
  await store.registerVariable("s", { name: "x", type: "float", value: 1, constraints: { min: 0, max: 2 } });
  const log = createMemoryLog<StudyEntry>();
  const study = await openStudy({ store, log, types, session: "s", id: "one", variables: ["x"], seed: 1 });
  await study.optimize(({ x }) => Number(x), { trials: 3 });
  expect(await study.trials()).toHaveLength(3);
  await study.apply();
  const all = createStudies({ store, log, types });
  const studies = all.of(store);
  expect((await studies.askTrials("s", "one", {})).trials).toHaveLength(1);
  expect((await studies.getTrialVariables("s", "one", 0)).found.size).toBe(1);
  expect((await studies.createStudy("s", { variables: ["x"] })).id).toMatch(uuid);
  all.close();
});
