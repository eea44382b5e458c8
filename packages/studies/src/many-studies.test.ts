import { createTypeRegistry } from "@trimtab/core";
import { createEncodedLog, createMemoryLog } from "@trimtab/log";
import { createStore } from "@trimtab/store";
import { builtinTypes } from "@trimtab/types";
import { expect, onTestFinished, test } from "vitest";
import { createStudies, studyCodec } from "./index.ts";

const types = createTypeRegistry(builtinTypes);

// More than stay in memory for nobody's sake.
const many = 300;

test(`of ${many} studies that are watched at once each tells of what happens in it`, async () => {
  const store = createStore({ types });
  const log = createEncodedLog(createMemoryLog(), studyCodec);
  // No sign of life makes up for what was not told.
  const studies = createStudies({ store, log, types, shared: false, bookmarkIntervalMs: 600_000 });
  onTestFinished(async () => {
    studies.close();
    await store.close();
  });
  await store.createSession({ id: "s" });
  await store.registerVariable("s", { name: "x", type: "float", value: 1, constraints: { min: 0, max: 9 } });
  const seen = studies.of(store);
  const ids = Array.from({ length: many }, (_, i) => `study-${i}`);
  for (const id of ids) await seen.createStudy("s", { id, variables: ["x"], sampler: { name: "random" } });
  const watches = ids.map((id) => seen.watchStudy("s", id)[Symbol.asyncIterator]());
  const first = await Promise.all(watches.map((watch) => watch.next()));
  for (const { value } of first) expect(value).toMatchObject({ kind: "snapshot" });
  const next = watches.map((watch) => watch.next());
  // Each of them waits by then.
  await new Promise((resolve) => setTimeout(resolve, 10));
  await Promise.all(ids.map((id) => seen.enqueueTrial("s", id, { x: 2 })));
  for (const { value } of await Promise.all(next)) expect(value).toMatchObject({ kind: "changes", revision: 2 });
  await Promise.all(watches.map((watch) => watch.return?.()));
});
