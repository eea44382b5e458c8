import { createTypeRegistry, isStoreError, type Store } from "@trimtab/core";
import { createEncodedLog, createMemoryLog } from "@trimtab/log";
import { createStore } from "@trimtab/store";
import { builtinTypes } from "@trimtab/types";
import { expect, onTestFinished, test } from "vitest";
import { createStudies, studyCodec } from "./index.ts";
import { createTwo } from "./test-parts/create-two.ts";

const types = createTypeRegistry(builtinTypes);

test("a trial is not applied to another variable that takes the name and version between planning and writing", async () => {
  const store = createStore({ types: builtinTypes });
  let isReplaced = false;
  const late: Store = {
    ...store,
    async setVariables(...call) {
      if (!isReplaced) {
        isReplaced = true;
        await store.deleteVariable("s", "x");
        await store.registerVariable("s", { name: "x", type: "float", value: 700 });
      }
      return store.setVariables(...call);
    },
  };
  const all = createStudies({ store: late, log: createEncodedLog(createMemoryLog(), studyCodec), types });
  onTestFinished(async () => {
    all.close();
    await store.close();
  });
  const studies = all.of(late);
  await createTwo(studies, store);
  await studies.askTrials("s", "one", { parameters: { x: 1, y: 2 } });
  await studies.tellTrial("s", "one", { number: 0, values: [1] });
  const error: unknown = await studies.applyTrial("s", "one").catch((caught: unknown) => caught);
  expect(isStoreError(error, "not_found")).toBe(true);
  const present = async (name: string) => (await store.getVariable("s", name)).value;
  expect([await present("x"), await present("y")]).toEqual([700, 5]);
  // Asked again it is about the variable that there is now.
  const { applied } = await studies.applyTrial("s", "one");
  expect([...applied.keys()]).toEqual(["x", "y"]);
  expect([await present("x"), await present("y")]).toEqual([1, 2]);
  await studies.rollbackStudy("s", "one");
  expect([await present("x"), await present("y")]).toEqual([700, 5]);
});
