import { expect, test, vi } from "vitest";
import { createBell, notedAt, type Reply } from "./calls.ts";
import { createNotedReplies } from "./noted-replies.ts";

function open() {
  const bell = createBell();
  const settled: Reply[] = [];
  const take = createNotedReplies(bell, (reply) => void settled.push(reply));
  const note = (id: number): void => {
    Atomics.store(bell, notedAt, id);
    Atomics.notify(bell, notedAt);
  };
  return { settled, take, note };
}

test("what is noted when its reply comes is handed on at once", () => {
  const { settled, take, note } = open();
  note(2);
  take(1);
  take({ id: 2, result: true });
  expect(settled).toEqual([1, { id: 2, result: true }]);
});

test("what is not noted yet is held back, and whatever comes behind it", async () => {
  const { settled, take, note } = open();
  take(1);
  take(2);
  expect(settled).toEqual([]);
  note(1);
  await vi.waitFor(() => expect(settled).toEqual([1]));
  note(3);
  take(3);
  expect(settled).toEqual([1]);
  await vi.waitFor(() => expect(settled).toEqual([1, 2, 3]));
});

test.each([2 ** 31, 2 ** 32, 2 ** 33 + 5])("number %d is the one after that before it", async (id) => {
  const { settled, take, note } = open();
  note(id - 1);
  take(id - 1);
  take(id);
  expect(settled).toEqual([id - 1]);
  note(id);
  await vi.waitFor(() => expect(settled).toEqual([id - 1, id]));
});
