import { createHash } from "node:crypto";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { toSectioned } from "./sectioned.ts";
import { breakOff, createReceiver, createWindow, hashOne, putSections, type Window } from "./window.ts";

beforeEach(() => {
  // Both sides are in one thread here, so that nobody would wake it.
  vi.spyOn(Atomics, "wait").mockImplementation(() => {
    throw new Error("waits for what does not come");
  });
});
afterEach(() => void vi.restoreAllMocks());

const large = 70_000;
const sectionsOf = (...fills: readonly number[]) => {
  const data = toSectioned(fills.map((fill) => new Uint8Array(large).fill(fill)));
  if (data instanceof Uint8Array) throw new TypeError("it is not in sections");
  return data;
};
const put = (window: Window, ...fills: readonly number[]) =>
  putSections(window, sectionsOf(...fills), { isOver: () => false, onPut: () => {} });

/** What comes through: of each section its first byte, and whether the hash that came with it is its own. */
const received = (window: Window, sections: number) => {
  const receiver = createReceiver(window, sections);
  const found = Array.from(receiver.receive(Array(sections).fill(large)), ({ chunk, hash }) => ({
    first: chunk[0],
    isOwnHash: createHash("sha256").update(chunk).digest().equals(hash),
  }));
  receiver.finish();
  return found;
};
const whole = (...firsts: readonly number[]) => firsts.map((first) => ({ first, isOwnHash: true }));

test("sections come in order, whoever works out their hashes", async () => {
  const window = createWindow();
  for (const fills of [
    [1, 2, 3, 4],
    [5, 6],
    [7, 8, 9],
  ]) {
    await put(window, ...fills);
    hashOne(window);
    expect(received(window, fills.length)).toEqual(whole(...fills));
  }
});

test("of what was broken off no hash is worked out any more, while others are put in its place", async () => {
  const window = createWindow();
  await put(window, 1, 2, 3);
  const receiver = createReceiver(window, 5);
  breakOff(window);
  expect(() => [...receiver.receive([large])]).toThrow("went away");
  receiver.finish();
  expect(hashOne(window)).toBe(false);
  await put(window, 4, 5);
  expect(received(window, 2)).toEqual(whole(4, 5));
});

test.each([0, 2])("what was broken off after %i sections is over whenever that is noticed", async (before) => {
  const window = createWindow();
  await put(window, 1, 2).then(() => received(window, 2 - before));
  const receiver = createReceiver(window, 5);
  let noticed = false;
  // The other thread notices as soon as anything is to be seen.
  for (const method of ["add", "store"] as const) {
    const change: (...given: [Int32Array, number, number]) => number = Atomics[method];
    const changeAndNotice: typeof change = (...given) => {
      const result = change(...given);
      if (!noticed) {
        noticed = true;
        receiver.finish();
      }
      return result;
    };
    vi.spyOn(Atomics, method).mockImplementation(changeAndNotice as typeof Atomics.add);
  }
  breakOff(window);
  vi.restoreAllMocks();
  expect(noticed).toBe(true);
  await put(window, 6, 7, 8);
  expect(received(window, 3)).toEqual(whole(6, 7, 8));
});
