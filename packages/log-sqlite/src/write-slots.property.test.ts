import fc from "fast-check";
import { expect, test } from "vitest";
import { createSlotReceiver, createSlotSender, createSlots, type SlotRequest } from "./write-slots.ts";
import type { Write } from "./writer.ts";

const append = fc.record({
  kind: fc.constant("append" as const),
  stream: fc.string({ unit: "binary", maxLength: 20 }),
  after: fc.maxSafeNat(),
  notes: fc.option(fc.string({ unit: "binary", maxLength: 60 }), { nil: undefined }),
  entries: fc.array(fc.uint8Array({ maxLength: 300 }), { maxLength: 5 }),
});

const appends = fc.array(append, { minLength: 1, maxLength: 12 }).map((each) => ({
  writes: each.map(({ entries, ...write }): Write => ({ ...write, count: entries.length })),
  data: each.flatMap(({ entries }) => entries),
}));

const openSlots = () => {
  const memory = createSlots();
  return { sender: createSlotSender(memory), receive: createSlotReceiver(memory) };
};

const small = (id: number): SlotRequest => ({
  id,
  writes: [{ kind: "append", stream: "s", after: id, count: 1, notes: undefined }],
  data: [new Uint8Array([id])],
});

test("appends come out as they were put in, one request after another in the same memory", () => {
  fc.assert(
    fc.property(fc.array(appends, { minLength: 1, maxLength: 5 }), (requests) => {
      const { sender, receive } = openSlots();
      for (const [index, request] of requests.entries()) {
        const id = index + 1;
        expect(sender.put({ id, ...request })).toBe(true);
        const received = receive(id);
        expect(received?.writes).toEqual(request.writes);
        expect(received?.data.map((entry) => Buffer.from(entry))).toEqual(
          request.data.map((entry) => Buffer.from(entry)),
        );
        sender.free(id);
      }
    }),
  );
});

test("two requests are under way at once, each is taken once, and what is taken stays as it is", () => {
  const { sender, receive } = openSlots();
  expect([1, 2, 3].map((id) => sender.put(small(id)))).toEqual([true, true, false]);
  const second = receive(2);
  expect(second).toEqual(small(2));
  expect(receive(2)).toBeUndefined();
  expect(receive(3)).toBeUndefined();
  expect(sender.put(small(3))).toBe(false);
  sender.free(2);
  expect(sender.put(small(3))).toBe(true);
  expect(second).toEqual(small(2));
  expect(receive(1)).toEqual(small(1));
  expect(receive(3)).toEqual(small(3));
});

test("requests are told apart beyond 32 bits, of which one in four thousand million goes another way", () => {
  const { sender, receive } = openSlots();
  for (const id of [2 ** 31 - 1, 2 ** 31, 2 ** 32 - 1, 2 ** 32 + 1, 2 ** 40 + 7]) {
    expect(sender.put({ ...small(1), id })).toBe(true);
    expect(receive(id + 1)).toBeUndefined();
    expect(receive(id)).toEqual({ ...small(1), id });
    sender.free(id);
  }
  expect(sender.put({ ...small(1), id: 2 ** 32 })).toBe(false);
  expect(receive(2 ** 32)).toBeUndefined();
});

test("what is no append, or does not fit in, is left to others", () => {
  const { sender, receive } = openSlots();
  const one = small(1);
  expect(sender.put({ ...one, data: [new Uint8Array(70_000)] })).toBe(false);
  expect(
    sender.put({
      ...one,
      writes: [{ kind: "append", stream: "\u20ac".repeat(25_000), after: 0, count: 1, notes: undefined }],
    }),
  ).toBe(false);
  expect(sender.put({ ...one, writes: [...one.writes, { kind: "trim", stream: "s", through: 1 }] })).toBe(false);
  expect(receive(1)).toBeUndefined();
  expect(sender.put({ ...one, data: [new Uint8Array(65_000)] })).toBe(true);
  expect(receive(1)?.data.map(({ length }) => length)).toEqual([65_000]);
});
