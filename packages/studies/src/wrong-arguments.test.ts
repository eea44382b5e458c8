import { createTypeRegistry } from "@trimtab/core";
import { describeArguments } from "@trimtab/core/conformance";
import { createEncodedLog, createMemoryLog } from "@trimtab/log";
import { createRandomSampler } from "@trimtab/optimize";
import { createStore } from "@trimtab/store";
import { builtinTypes, float } from "@trimtab/types";
import { expect, test } from "vitest";
import { createStudies } from "./create-studies.ts";
import { attachStudy } from "./live-study.ts";
import { openStudy } from "./open-study.ts";
import { studyCodec } from "./study-codec.ts";

/** Of a class of its own, so that nothing in it is replaced. */
const whole = <T extends object>(parts: T): T => Object.assign(Object.create({}), parts);

const types = createTypeRegistry(builtinTypes);
const x = float({ min: 0, max: 2, default: 1 });
const signal = AbortSignal.abort();
const speaker = { clientId: "ada" };

async function open() {
  const store = whole(createStore({ types }));
  await store.createSession({ id: "s" });
  await store.registerVariable("s", { name: "x", type: "float", value: 1, constraints: { min: 0, max: 2 } });
  const log = whole(createEncodedLog(createMemoryLog<Uint8Array>(), studyCodec));
  const sampler = whole(createRandomSampler());
  const ground = { store, log, types, session: "s", id: "one", variables: ["x"], sampler, maxTrials: 2 };
  const study = await openStudy(ground);
  await study.ask("ada");
  const state = async () => [(await study.info()).trialCounts, (await store.getSession("s")).revision];
  return { study, ground, state };
}

describeArguments(
  "a live study",
  async () => {
    const { study, state } = await open();
    return { calls: study, state };
  },
  {
    info: [],
    trials: [],
    trial: [0],
    best: [],
    paretoFront: [],
    ask: ["ada"],
    propose: [{ x: 1 }, "ada"],
    tell: [0, [1], { ...speaker, metrics: { a: 1 } }],
    report: [0, 1, 1, speaker],
    renew: [0, speaker],
    prune: [0, speaker],
    fail: [0, { ...speaker, cause: "", retry: false }],
    enqueue: [{ x: 1 }],
    changeBounds: ["x", { min: 0, max: 1 }],
    openOverlay: [0],
    closeOverlay: [0],
    apply: [0],
    rollback: [],
    optimize: [
      () => 1,
      {
        trials: 1,
        parallel: 1,
        overlays: false,
        signal,
        onTrial: () => {},
        keepGoing: true,
        progress: false,
        variables: { x: { ...x, type: whole(x.type) } },
      },
    ],
  },
);

const { ground, study } = await open();
const { store, log } = ground;

describeArguments(
  "opening studies",
  async () => ({
    calls: { createStudies, openStudy, attachStudy },
    state: async () => (await study.trials()).length,
    isThrowing: true,
  }),
  {
    createStudies: [
      {
        store,
        log,
        types,
        snapshots: undefined,
        samplers: [ground.sampler],
        pruners: undefined,
        fitKernel: undefined,
        shared: true,
        now: () => 1,
        bookmarkIntervalMs: 1000,
        limits: undefined,
        onDamage: () => {},
      },
    ],
    openStudy: [
      {
        ...ground,
        objectives: [{ metric: "loss", direction: "minimize" }],
        pruner: undefined,
        now: () => 1,
        parallelism: 1,
        maxRetries: 0,
        trialTtlMs: 60_000,
        seed: 0,
      },
    ],
    attachStudy: [{ studies: whole(createStudies({ store, log, types }).of(store)), store, session: "s", id: "one" }],
  },
);

test("a sampler that is unknown is told which there are, those brought along included", async () => {
  const samplers = [{ ...createRandomSampler(), name: "own" }];
  const studies = createStudies({ store, log, types, samplers }).of(store);
  const spec = { variables: ["x"], sampler: { name: "owm" } };
  await expect(studies.createStudy("s", spec)).rejects.toThrow("sampler.name must be one of own, tpe, gp, ");
});

test("a variable whose values no record can hold is not searched", async () => {
  await store.registerVariable("s", { name: "__proto__", type: "float", value: 1, constraints: { min: 0, max: 2 } });
  const studies = createStudies({ store, log, types }).of(store);
  await expect(studies.createStudy("s", { variables: ["x", "__proto__"] })).rejects.toMatchObject({
    reason: "invalid_argument",
    details: { field: "__proto__" },
  });
});
