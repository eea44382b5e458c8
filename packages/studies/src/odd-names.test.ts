import { createTypeRegistry } from "@trimtab/core";
import { createEncodedLog, createMemoryLog } from "@trimtab/log";
import { createStore } from "@trimtab/store";
import { builtinTypes } from "@trimtab/types";
import { expect, onTestFinished, test } from "vitest";
import { createStudies, studyCodec } from "./index.ts";

test.each(["constructor", "toString", "~0", "ünï 😀", "parameters.*"])("a variable may be called %s", async (name) => {
  const types = createTypeRegistry(builtinTypes);
  const store = createStore({ types });
  const all = createStudies({ store, log: createEncodedLog(createMemoryLog(), studyCodec), types });
  onTestFinished(async () => {
    all.close();
    await store.close();
  });
  const studies = all.of(store);
  await store.createSession({ id: "s" });
  const constraints = { min: 0, max: 10 };
  await store.registerVariable("s", { name, type: "float", value: 5, constraints });
  await store.registerVariable("s", { name: "other", type: "float", value: 5, constraints });
  await studies.createStudy("s", { id: name, variables: [name, "other"] });
  await studies.changeBounds("s", name, { [name]: { min: 1, max: 2 } });
  await studies.enqueueTrial("s", name, { other: 3 });
  await studies.enqueueTrial("s", name, { [name]: 1.5 });
  const { trials } = await studies.askTrials("s", name, { count: 2 });
  expect(trials).toMatchObject([
    { number: 0, parameters: { other: 3 } },
    { number: 1, parameters: { [name]: 1.5 } },
  ]);
  await studies.tellTrial("s", name, { number: 1, values: [1] });
  await studies.applyTrial("s", name);
  expect((await store.getVariable("s", name)).value).toBe(1.5);
  await studies.rollbackStudy("s", name, { overrideLaterWrites: true });
  expect((await store.getVariable("s", name)).value).toBe(5);
});
