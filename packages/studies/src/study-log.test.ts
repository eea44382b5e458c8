import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import { createTypeRegistry } from "@trimtab/core";
import { createEncodedLog, createEncodedSnapshots, createMemoryLog, createMemorySnapshots } from "@trimtab/log";
import { createStore, type LocalStore } from "@trimtab/store";
import { builtinTypes } from "@trimtab/types";
import { afterEach, expect, test } from "vitest";
import { createStudies, type StudiesOptions, studyCodec, studySnapshotCodec } from "./index.ts";

const types = createTypeRegistry(builtinTypes);
const opened: LocalStore[] = [];
afterEach(async () => {
  for (const store of opened.splice(0)) await store.close();
});

/** Frees what nobody holds. */
async function collectGarbage(): Promise<void> {
  // What was looked at weakly is held until the present task is over.
  await new Promise((resolve) => setImmediate(resolve));
  setFlagsFromString("--expose-gc");
  runInNewContext("gc")();
}

async function openLong(trials: number) {
  const store = createStore({ types });
  opened.push(store);
  await store.createSession({ id: "s" });
  await store.registerVariable("s", { name: "x", type: "float", value: 5, constraints: { min: 0, max: 10 } });
  const bytes = createMemoryLog();
  const log = createEncodedLog(bytes, studyCodec);
  const snapshots = createEncodedSnapshots(createMemorySnapshots<Uint8Array>(), studySnapshotCodec);
  const open = (how: Partial<StudiesOptions> = {}) => createStudies({ store, log, snapshots, types, ...how }).of(store);
  const studies = open();
  await studies.createStudy("s", { id: "one", variables: ["x"], sampler: { name: "random" }, seed: 4 });
  await studies.enqueueTrial("s", "one", { x: 1 }, { requestId: "first" });
  for (let number = 0; number < trials; number++) {
    await studies.askTrials("s", "one", { clientId: "a" });
    if (number === 10) await studies.changeBounds("s", "one", { x: { min: 1, max: 9 } });
    if (number === 20) await studies.applyTrial("s", "one");
    await studies.tellTrial("s", "one", { number, values: [number % 7] });
  }
  return { studies, open, log, bytes };
}

test("a long study is kept as it is and not as all that ever happened in it, and goes on the same", async () => {
  const { studies, open, bytes } = await openLong(700);
  const read = await bytes.read("s/one", 0);
  // The entries before the snapshot are gone.
  expect(read).toEqual({ kind: "trimmed", through: 1000 });
  const again = open();
  expect(await again.getStudy("s", "one")).toEqual(await studies.getStudy("s", "one"));
  for (const pageToken of [undefined, "%5B499%5D"]) {
    const page = { pageSize: 500, ...(pageToken !== undefined && { pageToken }) };
    expect(await again.listTrials("s", "one", page)).toEqual(await studies.listTrials("s", "one", page));
  }
  // Requests from before the snapshot are still known, and what is suggested next is the same.
  expect((await again.enqueueTrial("s", "one", { x: 1 }, { requestId: "first" })).number).toBe(0);
  const { trials } = await again.askTrials("s", "one", { clientId: "b" });
  expect((await studies.getTrial("s", "one", 700)).parameters).toEqual(trials[0]?.parameters);
  await again.rollbackStudy("s", "one");
  expect((await studies.getStudy("s", "one")).appliedTrial).toBeUndefined();
});

test("a watch from before what is remembered begins anew with a snapshot", async () => {
  const { studies, open } = await openLong(520);
  const watch = async (store: typeof studies, after?: string) => {
    for await (const event of store.watchStudy("s", "one", after === undefined ? {} : { after })) return event;
    return expect.fail("there is always a first event");
  };
  const { token } = await watch(studies);
  const birth = token.slice(0, token.indexOf("."));
  expect(await watch(studies, `${birth}.900`)).toMatchObject({ kind: "changes" });
  expect(await watch(open(), `${birth}.900`)).toMatchObject({ kind: "snapshot" });
  expect(await watch(open(), token)).toMatchObject({ kind: "bookmark" });
});

test("processes that race on one study lose nothing and agree", async () => {
  const { open } = await openLong(0);
  const [a, b] = [open(), open()];
  const work = async (studies: typeof a, clientId: string) => {
    for (let i = 0; i < 20; i++) {
      const { trials } = await studies.askTrials("s", "one", { clientId });
      await studies.tellTrial("s", "one", { number: trials[0]?.number ?? -1, values: [i] }, { clientId });
    }
  };
  await Promise.all([work(a, "1"), work(b, "2"), work(a, "3"), work(b, "4")]);
  const { items } = await a.listTrials("s", "one");
  expect(items.map(({ number, state }) => [number, state])).toEqual(
    Array.from({ length: 80 }, (_, number) => [number, "complete"]),
  );
  expect(items).toEqual((await b.listTrials("s", "one")).items);
});

test("a watch hears what another process has told", async () => {
  const { open } = await openLong(0);
  const [a, b] = [open(), open()];
  for await (const event of a.watchStudy("s", "one")) {
    if (event.kind === "snapshot") await b.askTrials("s", "one", { clientId: "elsewhere" });
    if (event.kind !== "changes") continue;
    expect(event.trials).toMatchObject([{ clientId: "elsewhere", state: "running" }]);
    break;
  }
});

test("a watch hears at once of what is only in a snapshot by now, and of what follows it", async () => {
  const { studies, open, log, bytes } = await openLong(0);
  const hearing = Promise.withResolvers<void>();
  const late: typeof log = {
    ...log,
    async *follow(...from) {
      await hearing.promise;
      yield* log.follow(...from);
    },
  };
  const watch = open({ log: late, bookmarkIntervalMs: 600_000 }).watchStudy("s", "one")[Symbol.asyncIterator]();
  await watch.next();
  const waiting = watch.next();
  const isTrimmed = async () => (await bytes.read("s/one", 0, 1)).kind === "trimmed";
  for (let number = 0; !(await isTrimmed()); number++) {
    await studies.enqueueTrial("s", "one", { x: 1 }, { requestId: `r${number}` });
  }
  hearing.resolve();
  expect((await waiting).value).toMatchObject({ kind: "snapshot" });
  const next = watch.next();
  await studies.updateStudy("s", "one", { metadata: { seen: true } });
  expect((await next).value).toMatchObject({ kind: "changes", study: { metadata: { seen: true } } });
  await watch.return?.();
});

test("studies that were not used for long leave memory, and are read again when they are asked for", async () => {
  const { studies: _, open, bytes } = await openLong(0);
  let reads = 0;
  const read = bytes.read.bind(bytes);
  bytes.read = (stream, ...rest) => {
    if (stream === "s/one") reads++;
    return read(stream, ...rest);
  };
  const studies = open({ shared: false });
  const { trials } = await studies.askTrials("s", "one", { clientId: "a" });
  await studies.getStudy("s", "one");
  const before = reads;
  await studies.getStudy("s", "one");
  expect(reads).toBe(before);
  const watch = studies.watchStudy("s", "one")[Symbol.asyncIterator]();
  await watch.next();
  for (let i = 0; i < 300; i++) await studies.createStudy("s", { id: `other-${i}`, variables: ["x"] });
  await studies.getStudy("s", "one");
  // It is watched, so that it stayed.
  expect(reads).toBe(before);
  await watch.return?.();
  for (let i = 0; i < 300; i++) await studies.getStudy("s", `other-${i}`);
  await collectGarbage();
  expect((await studies.askTrials("s", "one", { clientId: "a" })).trials).toEqual(trials);
  expect(reads).toBeGreaterThan(before);
});
