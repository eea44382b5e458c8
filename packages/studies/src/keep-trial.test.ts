import { type ErrorReason, storeError } from "@trimtab/core";
import { expect, onTestFinished, test, vi } from "vitest";
import { keepTrial } from "./keep-trial.ts";

test.each<[ErrorReason, number]>([
  ["unavailable", 4],
  ["storage_full", 4],
  ["not_found", 1],
])("a trial of which a renewal fails with %s is renewed %i times", async (reason, expected) => {
  vi.useFakeTimers({ toFake: ["setInterval", "clearInterval"] });
  onTestFinished(() => void vi.useRealTimers());
  let renewals = 0;
  const renew = async () => {
    if (++renewals === 1) throw storeError(reason, "it failed", {} as never);
  };
  const stop = keepTrial({ renew }, 0, 300);
  await vi.advanceTimersByTimeAsync(400);
  expect(renewals).toBe(expected);
  stop();
  await vi.advanceTimersByTimeAsync(400);
  expect(renewals).toBe(expected);
});
