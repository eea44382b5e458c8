import { expect, onTestFinished, test, vi } from "vitest";
import { createPulse } from "./pulse.ts";
import { createRecentEntries } from "./recent-entries.ts";

function begin() {
  vi.useFakeTimers();
  const ended = new AbortController();
  const pulse = createPulse({ recent: createRecentEntries(0), bookmarkIntervalMs: 100 }, ended.signal);
  onTestFinished(() => {
    pulse.stop();
    vi.useRealTimers();
  });
  return pulse;
}

test("a bookmark is due once an interval, and is told once", async () => {
  const pulse = begin();
  expect(pulse.isDue()).toBe(false);
  for (let interval = 0; interval < 2; interval++) {
    const next = pulse.next(0);
    vi.advanceTimersByTime(100);
    await next;
    expect([pulse.isDue(), pulse.isDue()]).toEqual([true, false]);
  }
});

test("no bookmark is due for an interval after something was told", () => {
  const pulse = begin();
  vi.advanceTimersByTime(99);
  pulse.reset();
  vi.advanceTimersByTime(99);
  expect(pulse.isDue()).toBe(false);
  vi.advanceTimersByTime(1);
  pulse.reset();
  expect(pulse.isDue()).toBe(false);
});
