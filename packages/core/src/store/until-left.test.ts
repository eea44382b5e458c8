import { expect, test } from "vitest";
import { untilLeft } from "./until-left.ts";

const aborted = (signal: AbortSignal) =>
  new Promise<void>((resolve) => signal.addEventListener("abort", () => resolve(), { once: true }));

/** Counts, and after 2 waits until it is told to end. */
async function* count(signal: AbortSignal): AsyncGenerator<number, undefined> {
  yield 1;
  yield 2;
  await aborted(signal);
  return undefined;
}

test("ends a read that waits when its reader leaves, and when the signal from outside aborts", async () => {
  const outer = new AbortController();
  const stream = untilLeft(outer.signal, count);
  const [one, other] = [stream[Symbol.asyncIterator](), stream[Symbol.asyncIterator]()];
  for (const reader of [one, other]) {
    expect(await reader.next()).toEqual({ done: false, value: 1 });
    expect(await reader.next()).toEqual({ done: false, value: 2 });
  }
  const waiting = [one.next(), other.next()];
  await one.return?.();
  expect(await waiting[0]).toEqual({ done: true, value: undefined });
  outer.abort();
  expect(await waiting[1]).toEqual({ done: true, value: undefined });
});

test("lets a generator end what it was given from inside", async () => {
  let given: AbortSignal | undefined;
  const stream = untilLeft(undefined, async function* (signal, leave) {
    given = signal;
    yield 1;
    leave();
    return undefined;
  });
  const seen: number[] = [];
  for await (const value of stream) seen.push(value);
  expect(seen).toEqual([1]);
  expect(given?.aborted).toBe(true);
});
