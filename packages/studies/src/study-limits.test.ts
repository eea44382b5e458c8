import { createTypeRegistry, isStoreError } from "@trimtab/core";
import { createEncodedLog, createMemoryLog } from "@trimtab/log";
import { createGpSampler } from "@trimtab/optimize";
import { createStore } from "@trimtab/store";
import { builtinTypes } from "@trimtab/types";
import { expect, onTestFinished, test } from "vitest";
import { attachStudy, createStudies, studyCodec } from "./index.ts";

const types = createTypeRegistry(builtinTypes);

async function openSample() {
  const store = createStore({ types });
  const log = createEncodedLog(createMemoryLog(), studyCodec);
  const studies = createStudies({ store, log, types }).of(store);
  onTestFinished(() => store.close());
  const start = async () => {
    await store.createSession({ id: "s" });
    await store.registerVariable("s", { name: "x", type: "float", value: 5, constraints: { min: 0, max: 10 } });
  };
  await start();
  await studies.createStudy("s", { id: "one", variables: ["x"], metadata: { by: "first" } });
  await studies.askTrials("s", "one", { clientId: "a" });
  return { store, studies, start };
}

const refusalOf = (call: Promise<unknown>) =>
  call.then(
    () => "done",
    (error: unknown) => (isStoreError(error) ? [error.reason, "field" in error.details && error.details.field] : error),
  );

test("what is kept of a call is as long as it may be, and no longer", async () => {
  const { studies } = await openSample();
  const long = "x".repeat(256);
  const longest = long.slice(1);
  const metrics = (count: number) => Object.fromEntries(Array.from({ length: count }, (_, i) => [`metric-${i}`, i]));
  for (const by of [{ actor: long }, { requestId: long }, { requestId: "a/b" }])
    expect(await refusalOf(studies.enqueueTrial("s", "one", { x: 1 }, by))).toEqual([
      "invalid_argument",
      Object.keys(by)[0],
    ]);
  await studies.enqueueTrial("s", "one", { x: 1 }, { actor: longest, requestId: longest });
  const tooMany = { number: 0, values: [1], metrics: metrics(10_000) };
  expect(await refusalOf(studies.tellTrial("s", "one", tooMany))).toEqual(["limit_exceeded", "metrics"]);
  expect(await refusalOf(studies.tellTrials("s", "one", [tooMany]))).toEqual(["limit_exceeded", "metrics"]);
  const cause = "x".repeat(16_385);
  expect(await refusalOf(studies.failTrial("s", "one", 0, { cause }))).toEqual(["invalid_argument", "cause"]);
  const spec = { variables: ["x"], trialTtlMs: Number.MAX_SAFE_INTEGER };
  expect(await refusalOf(studies.createStudy("s", spec))).toEqual(["invalid_argument", "trialTtlMs"]);
  await studies.failTrial("s", "one", 0, { cause: cause.slice(1) });
});

test("samplers are refused that would hold up whoever else is to be answered, but not where they are brought along", async () => {
  const { store, studies } = await openSample();
  const gp = (maxObservations: number) => ({ name: "gp", config: { maxObservations } });
  const [dear, much] = [gp(501), { name: "tpe", config: { candidates: 1001 } }];
  const refused = (field: string) => ["invalid_argument", `sampler.config.${field}`];
  const create = (sampler: typeof dear | typeof much) => studies.createStudy("s", { variables: ["x"], sampler });
  expect(await refusalOf(create(dear))).toEqual(refused("maxObservations"));
  expect(await refusalOf(create(much))).toEqual(refused("candidates"));
  expect(await refusalOf(create(gp(500)))).toBe("done");
  const log = createEncodedLog(createMemoryLog(), studyCodec);
  const own = createStudies({ store, log, types, samplers: [createGpSampler({ maxObservations: 5000 })] }).of(store);
  const { sampler } = await own.createStudy("s", { variables: ["x"], sampler: { name: "gp" } });
  expect(sampler.config).toMatchObject({ maxObservations: 5000 });
  expect(await refusalOf(own.createStudy("s", { variables: ["x"], sampler: gp(5000) }))).toBe("done");
  const other = own.createStudy("s", { variables: ["x"], sampler: gp(400) });
  expect(await refusalOf(other)).toEqual(refused("maxObservations"));
});

test("an error that goes on for pages fails its trial all the same", async () => {
  const { store, studies } = await openSample();
  const objective = () => {
    throw new Error("page ".repeat(10_000));
  };
  const study = attachStudy({ studies, store, session: "s", id: "one" });
  await study.optimize(objective, { trials: 1, keepGoing: true });
  expect(await studies.getTrial("s", "one", 1)).toMatchObject({
    state: "failed",
    cause: expect.stringMatching(/^Error: page/),
  });
});

test("no trial has a number between those of two", async () => {
  const { studies } = await openSample();
  for (const number of [0.5, 2 ** 60, Number.NaN])
    expect(await refusalOf(studies.tellTrial("s", "one", { number, values: [1] }))).toEqual(["not_found", false]);
  expect((await studies.getTrial("s", "one", 0)).state).toBe("running");
});

test("a change of a study that is refused in part changes nothing", async () => {
  const { studies } = await openSample();
  const change = { metadata: { by: "second" }, maxTrials: -1 };
  expect(await refusalOf(studies.updateStudy("s", "one", change))).toEqual(["invalid_argument", "maxTrials"]);
  expect((await studies.getStudy("s", "one")).metadata).toEqual({ by: "first" });
  // One that was made is not made again, over what came after it.
  const made = { ...change, maxTrials: 5 };
  await studies.updateStudy("s", "one", made, { requestId: "r" });
  await studies.updateStudy("s", "one", { metadata: { by: "third" } });
  await studies.updateStudy("s", "one", made, { requestId: "r" });
  expect(await studies.getStudy("s", "one")).toMatchObject({ metadata: { by: "third" }, maxTrials: 5 });
});

test("a study is not begun, nor gone on with, where the sampler cannot search so much", async () => {
  const { store, studies } = await openSample();
  await store.registerVariable("s", { name: "v", type: "embedding", value: Array<number>(1000).fill(0) });
  const bounds = (dimensions: number) => ({ v: { dimensions, normalize: true } });
  const create = (dimensions: number) =>
    studies.createStudy("s", { id: "v", variables: ["v"], bounds: bounds(dimensions), sampler: { name: "cma-es" } });
  expect(await refusalOf(create(1001))).toEqual(["limit_exceeded", "sampler"]);
  await create(1000);
  expect(await refusalOf(studies.changeBounds("s", "v", bounds(1001)))).toEqual(["limit_exceeded", "sampler"]);
});

test("studies of a session that had the same id do not take the room of those that there are", async () => {
  const { store, studies, start } = await openSample();
  for (let i = 1; i < 1000; i++) await studies.createStudy("s", { id: `study-${i}`, variables: ["x"] });
  const another = { id: "another", variables: ["x"] };
  expect(await refusalOf(studies.createStudy("s", another))).toEqual(["limit_exceeded", "studies"]);
  await store.deleteSession("s");
  await start();
  expect((await studies.createStudy("s", another)).id).toBe("another");
});
