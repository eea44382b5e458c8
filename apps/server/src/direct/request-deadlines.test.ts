import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { createRequestDeadlines } from "./request-deadlines.ts";

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

test("requests are given up once their deadline is over, and only those that are still to come", () => {
  const deadlines = createRequestDeadlines();
  const awaited = (leftMs: number, isBrokenOff = false) => {
    const until = Date.now() + leftMs;
    const request = { leftMs: () => until - Date.now(), isBrokenOff, giveUp: vi.fn() };
    deadlines.add(request);
    return request;
  };
  const [late, later, gone, come] = [awaited(500), awaited(5000), awaited(500, true), awaited(500)];
  deadlines.delete(come);
  const given = () => [late, later, gone, come].map(({ giveUp }) => giveUp.mock.calls.length);
  vi.advanceTimersByTime(2000);
  expect(given()).toEqual([1, 0, 0, 0]);
  vi.advanceTimersByTime(10_000);
  expect([given(), vi.getTimerCount()]).toEqual([[1, 1, 0, 0], 0]);
  const next = awaited(1);
  vi.advanceTimersByTime(2000);
  expect(next.giveUp).toHaveBeenCalledOnce();
});
