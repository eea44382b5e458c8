import { isStoreError, storeError, type WatchEvent } from "@trimtab/core";
import { describe, expect, it } from "vitest";
import { errorOf, statusOf } from "./connection-status.ts";
import { createLiveWatch, type LiveWatchParts, type StreamRequest } from "./live-watch.ts";
import { createManualTimers } from "./test-parts/manual-timers.ts";

const bookmark = (revision: number): WatchEvent => ({ kind: "bookmark", revision, token: `t${revision}` });

/** One turn of the event loop, in which every promise that can settle does. */
const turn = () => new Promise<void>((resolve) => setImmediate(resolve));

/** A watch whose streams the test feeds by hand; they do not care whether they were given up. */
function handFed(open?: LiveWatchParts["open"]) {
  const requests: StreamRequest[] = [];
  const feeds: ((event: WatchEvent) => void)[] = [];
  const told: number[] = [];
  const timers = createManualTimers();
  async function* feed(request: StreamRequest): AsyncGenerator<WatchEvent> {
    requests.push(request);
    const index = feeds.length;
    for (;;) {
      yield await new Promise<WatchEvent>((resolve) => {
        feeds[index] = resolve;
      });
    }
  }
  const watch = createLiveWatch({
    session: "s",
    open: open ?? feed,
    onEvent: ({ revision }) => {
      return () => told.push(revision);
    },
    onState: () => {},
    timers,
    livenessTimeoutMs: 1000,
  });
  return { watch, requests, feeds, told, timers };
}

describe("createLiveWatch", () => {
  it("opens nothing before it is told to", () => {
    expect(handFed().requests).toEqual([]);
  });

  it("does not listen any more to a stream that was given up", async () => {
    const { watch, requests, feeds, told, timers } = handFed();
    watch.open();
    feeds[0]?.(bookmark(1));
    await turn();
    timers.advance(1000);
    expect(requests).toEqual([
      { kind: "connect", provision: true },
      { kind: "connect", provision: false, after: "t1" },
    ]);
    feeds[0]?.(bookmark(2));
    await turn();
    expect(told).toEqual([1]);
    feeds[1]?.(bookmark(3));
    await turn();
    expect(told).toEqual([1, 3]);
    expect(watch.state).toEqual({ kind: "live", after: "t3" });
  });

  it("says to a silent stream why it is given up, and not to one that it closes", () => {
    const signals: AbortSignal[] = [];
    const { watch, timers } = handFed(async function* (_, signal) {
      signals.push(signal);
      yield* [];
    });
    watch.open();
    timers.advance(1000);
    expect(signals[0]?.reason).toMatchObject({ code: "deadline_exceeded" });
    watch.open();
    watch.close();
    expect(signals[1]?.aborted).toBe(true);
    expect(isStoreError(signals[1]?.reason)).toBe(false);
  });

  it("delivers nothing after it was closed", async () => {
    const { watch, feeds, told, timers } = handFed();
    watch.open();
    watch.close();
    feeds[0]?.(bookmark(1));
    await turn();
    expect(told).toEqual([]);
    expect(timers.pending).toEqual([]);
  });

  it("is up to date itself before it tells", async () => {
    const timers = createManualTimers();
    const seen: string[] = [];
    const watch = createLiveWatch({
      session: "s",
      open: async function* () {
        yield bookmark(1);
        await new Promise(() => {});
      },
      onEvent: () => {
        seen.push(`taken in while ${statusOf(watch.state)}`);
        return () => seen.push(`told while ${statusOf(watch.state)}`);
      },
      onState: (state) => seen.push(statusOf(state)),
      timers,
      livenessTimeoutMs: 1000,
    });
    watch.open();
    await turn();
    expect(seen).toEqual(["connecting", "taken in while connecting", "ready", "told while ready"]);
    watch.close();
  });

  it("turns whatever a stream throws into a StoreError, and keeps the cause", async () => {
    const cause = new TypeError("no such thing");
    const { watch, timers } = handFed(async function* () {
      yield* [];
      throw cause;
    });
    watch.open();
    await turn();
    const error = errorOf(watch.state);
    expect(isStoreError(error, "internal")).toBe(true);
    expect(error).toMatchObject({ message: "no such thing", cause });
    expect(timers.pending).toEqual([125]);
    watch.close();
  });

  it("waits as long as a busy server asks it to", async () => {
    const { watch, timers } = handFed(async function* () {
      yield* [];
      throw storeError("unavailable", "restarting", { retryAfterMs: 7000 });
    });
    watch.open();
    await turn();
    expect(timers.pending).toEqual([7000]);
    watch.close();
  });
});
