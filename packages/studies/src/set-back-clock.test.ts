import { createTypeRegistry } from "@trimtab/core";
import { createMemoryLog, createMemorySnapshots } from "@trimtab/log";
import { createStore } from "@trimtab/store";
import { builtinTypes } from "@trimtab/types";
import { expect, onTestFinished, test, vi } from "vitest";
import { createStudies, type StudyEntry, type StudySnapshot } from "./index.ts";

const hour = 3_600_000;

test("trials of before are handed out again after their time where a process begins with the clock set back", async () => {
  vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout"] });
  onTestFinished(() => void vi.useRealTimers());
  let nowMs = Date.UTC(2026, 10, 22);
  const types = createTypeRegistry(builtinTypes);
  const store = createStore({ types });
  onTestFinished(() => store.close());
  const kept = { log: createMemoryLog<StudyEntry>(), snapshots: createMemorySnapshots<StudySnapshot>() };
  const open = () => {
    const studies = createStudies({ store, types, ...kept, shared: false, now: () => nowMs });
    onTestFinished(() => studies.close());
    return studies.of(store);
  };
  await store.createSession({ id: "s" });
  await store.registerVariable("s", { name: "x", type: "float", value: 0, constraints: { min: 0, max: 9 } });
  const first = open();
  await first.createStudy("s", { id: "one", variables: ["x"], trialTtlMs: 30_000 });
  await first.askTrials("s", "one", { clientId: "gone" });
  nowMs -= hour;
  const second = open();
  const stateOf = async (number: number) => (await second.getTrial("s", "one", number)).state;
  expect(await stateOf(0)).toBe("running");
  nowMs += 20_000;
  await second.askTrials("s", "one", { clientId: "other" });
  expect(await stateOf(0)).toBe("running");
  nowMs += 10_001;
  await vi.advanceTimersByTimeAsync(30_001);
  expect(await Promise.all([0, 1].map(stateOf))).toEqual(["failed", "running"]);
});
