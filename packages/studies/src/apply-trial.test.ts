import { createTypeRegistry, type Store, storeError } from "@trimtab/core";
import { createEncodedLog, createMemoryLog } from "@trimtab/log";
import { createStore } from "@trimtab/store";
import { builtinTypes } from "@trimtab/types";
import { expect, onTestFinished, test } from "vitest";
import { createStudies, studyCodec } from "./index.ts";
import { createTwo } from "./test-parts/create-two.ts";

const types = createTypeRegistry(builtinTypes);

test.each([[true], [false]])("a write without an answer is undone by a rollback; made: %s", async (isMade) => {
  const store = createStore({ types });
  let failures = 0;
  const setVariables: Store["setVariables"] = async (...call) => {
    if (failures-- <= 0) return store.setVariables(...call);
    if (isMade) await store.setVariables(...call);
    throw storeError("unavailable", "the answer was lost", {});
  };
  const failing: Store = { ...store, setVariables };
  const all = createStudies({ store: failing, log: createEncodedLog(createMemoryLog(), studyCodec), types });
  onTestFinished(async () => {
    all.close();
    await store.close();
  });
  const studies = all.of(failing);
  await createTwo(studies, store);
  await studies.askTrials("s", "one", { parameters: { x: 1, y: 1 } });
  await studies.tellTrial("s", "one", { number: 0, values: [1] });
  const [x, y] = [() => store.getVariable("s", "x"), () => store.getVariable("s", "y")];
  // The second is whoever comes next, and looks for what the first has left.
  for (const call of [() => studies.applyTrial("s", "one"), () => studies.rollbackStudy("s", "one")]) {
    failures = 1;
    await expect(call()).rejects.toMatchObject({ reason: "unavailable" });
  }
  failures = 0;
  await studies.rollbackStudy("s", "one");
  expect([await x(), await y()]).toMatchObject([{ value: 5 }, { value: 5 }]);
  expect((await x()).version).toBe(2);
});
