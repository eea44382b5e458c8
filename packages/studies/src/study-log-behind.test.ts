import { createTypeRegistry } from "@trimtab/core";
import { createMemoryLog, createMemorySnapshots } from "@trimtab/log";
import { createStore } from "@trimtab/store";
import { builtinTypes } from "@trimtab/types";
import { expect, onTestFinished, test } from "vitest";
import { createStudies, type StudyEntry, type StudySnapshot } from "./index.ts";

test("a study whose snapshot is of more than its log has is told to have lost something", async () => {
  const types = createTypeRegistry(builtinTypes);
  const store = createStore({ types });
  const snapshots = createMemorySnapshots<StudySnapshot>();
  const open = (log = createMemoryLog<StudyEntry>()) => {
    const studies = createStudies({ store, types, log, snapshots, shared: false });
    onTestFinished(() => studies.close());
    return studies.of(store);
  };
  onTestFinished(() => store.close());
  await store.createSession({ id: "s" });
  await store.registerVariable("s", { name: "x", type: "float", value: 0, constraints: { min: 0, max: 9 } });
  const first = open();
  await first.createStudy("s", { id: "one", variables: ["x"] });
  for (let entry = 1; entry <= 2000; entry++) await first.enqueueTrial("s", "one", { x: 1 });
  const shorter = createMemoryLog<StudyEntry>();
  await shorter.append("s/one", 0, [{ kind: "trial-renewed", number: 0, atMs: 0 }]);
  await shorter.trim("s/one", 1);
  await expect(open(shorter).enqueueTrial("s", "one", { x: 1 })).rejects.toMatchObject({
    reason: "data_loss",
    details: { session: "s" },
    message: expect.stringMatching(/^the log of study one ends with entry 1, and its snapshot is of entry \d+$/),
  });
});
