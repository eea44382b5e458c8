import { createTypeRegistry } from "@trimtab/core";
import { createMemoryLog } from "@trimtab/log";
import { createStore } from "@trimtab/store";
import { builtinTypes } from "@trimtab/types";
import { expect, onTestFinished, test, vi } from "vitest";
import { createStudies } from "./index.ts";
import type { StudyEntry } from "./study-entry.ts";

const types = createTypeRegistry(builtinTypes);

/** A study with a trial that was not heard of in time, in a log that does not take anything any more. */
async function openLost() {
  let nowMs = 1_795_000_000_000;
  let failed = 0;
  let gate: Promise<void> | undefined;
  const store = createStore({ types });
  const memory = createMemoryLog<StudyEntry>();
  const log: typeof memory = {
    ...memory,
    async append(...given) {
      if (gate === undefined) return memory.append(...given);
      await gate;
      failed++;
      throw new Error("the disk is full");
    },
  };
  const studies = createStudies({ store, log, types, shared: false, now: () => nowMs });
  onTestFinished(async () => {
    vi.useRealTimers();
    studies.close();
    await store.close();
  });
  await store.createSession({ id: "s" });
  await store.registerVariable("s", { name: "x", type: "float", value: 5, constraints: { min: 0, max: 10 } });
  vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout"] });
  const seen = studies.of(store);
  await seen.createStudy("s", { id: "one", variables: ["x"], trialTtlMs: 1000 });
  await seen.askTrials("s", "one", { clientId: "a" });
  const { promise, resolve } = Promise.withResolvers<void>();
  gate = promise;
  nowMs += 5000;
  return { studies, open: resolve, failures: () => failed };
}

test("what cannot be recorded of lost trials is tried again after a while, and not all the time", async () => {
  const { open, failures } = await openLost();
  open();
  await vi.advanceTimersByTimeAsync(11_000);
  expect(failures()).toBeGreaterThan(5);
  expect(failures()).toBeLessThan(12);
});

test("a study that was let go of while a lost trial is recorded does nothing any more", async () => {
  const { studies, open, failures } = await openLost();
  await vi.advanceTimersByTimeAsync(2000);
  studies.close();
  open();
  await vi.advanceTimersByTimeAsync(60_000);
  expect(failures()).toBe(1);
});
