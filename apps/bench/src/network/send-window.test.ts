import { expect, test } from "vitest";
import { SendWindow } from "./send-window.ts";

test("everybody who waits is let go on as soon as there is room for them", async () => {
  const window = new SendWindow(10);
  const taken: string[] = [];
  const take = async (name: string, bytes: number) => {
    await window.take(bytes);
    taken.push(name);
  };
  const all = [take("a", 8), take("b", 5), take("c", 5), take("d", 1)];
  await Promise.all([all[0], all[3]]);
  expect(taken).toEqual(["a", "d"]);
  window.grow(9);
  await Promise.all(all);
  expect(taken).toEqual(["a", "d", "b", "c"]);
});

test("what is not there is not taken", () => {
  const window = new SendWindow(10);
  expect([window.tryTake(11), window.tryTake(10), window.tryTake(1)]).toEqual([false, true, false]);
});
