import { afterEach, beforeEach, expect, it, vi } from "vitest";
import { beatMs, createPulse } from "./pulse.ts";

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

it("beats for all who follow it by one timer, and runs for nobody", () => {
  const pulse = createPulse();
  expect(vi.getTimerCount()).toBe(0);
  const heard = { first: 0, second: 0 };
  const leaveFirst = pulse.follow(() => heard.first++);
  const leaveSecond = pulse.follow(() => heard.second++);
  expect(vi.getTimerCount()).toBe(1);
  vi.advanceTimersByTime(beatMs * 3);
  leaveFirst();
  vi.advanceTimersByTime(beatMs);
  expect(heard).toEqual({ first: 3, second: 4 });
  leaveSecond();
  leaveSecond();
  expect(vi.getTimerCount()).toBe(0);
  const leave = pulse.follow(() => heard.first++);
  vi.advanceTimersByTime(beatMs);
  expect(heard).toEqual({ first: 4, second: 4 });
  leave();
});

it("may be left during a beat", () => {
  const pulse = createPulse();
  let beats = 0;
  const leave = pulse.follow(() => {
    beats++;
    leave();
  });
  vi.advanceTimersByTime(beatMs * 3);
  expect([beats, vi.getTimerCount()]).toEqual([1, 0]);
});
