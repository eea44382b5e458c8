import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { systemTimers } from "./timers.ts";

describe("the machine's timers", () => {
  beforeEach(() => {
    vi.useFakeTimers();
  });
  afterEach(() => {
    vi.useRealTimers();
  });

  it("wait longer than a machine's timer can", () => {
    const run = vi.fn();
    systemTimers.schedule(2 ** 32, run);
    vi.advanceTimersByTime(2 ** 32 - 1);
    expect(run).not.toHaveBeenCalled();
    vi.advanceTimersByTime(1);
    expect(run).toHaveBeenCalledOnce();
  });

  it("wait for ever where they are told to, until they are cancelled", () => {
    const run = vi.fn();
    const cancel = systemTimers.schedule(Number.POSITIVE_INFINITY, run);
    vi.advanceTimersByTime(2 ** 33);
    expect(vi.getTimerCount()).toBe(1);
    cancel();
    expect(vi.getTimerCount()).toBe(0);
    expect(run).not.toHaveBeenCalled();
  });
});
