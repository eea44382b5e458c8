import fc from "fast-check";
import { expect, test } from "vitest";
import { createCallOrder } from "./call-order.ts";
import type { Request } from "./calls.ts";
import type { SlotRequest } from "./write-slots.ts";

/** Both ways as they are for the one who takes calls, and what is sent between two of its looks at them. */
function openWays(send: () => void) {
  const slots = new Map<number, SlotRequest>();
  const messages: Request[] = [];
  let last = 0;
  return {
    sendAppends: () => void slots.set(++last, { id: last, writes: [], data: [] }),
    sendMessage: () => void messages.push({ id: ++last, call: "write", argument: undefined }),
    take: createCallOrder({
      appends(id) {
        const found = slots.get(id);
        slots.delete(id);
        send();
        return found;
      },
      message() {
        const first = messages.shift();
        send();
        return first;
      },
    }),
  };
}

test("a message is not taken before the appends that were put in after their place was looked at", () => {
  const pending = [() => ways.sendAppends(), () => ways.sendMessage()];
  // Both come after the look into shared memory, and before the look at the messages.
  const ways = openWays(() => {
    for (const send of pending.splice(0)) send();
  });
  const taken = [ways.take(), ways.take(), ways.take()].map((call) => call && [call.id, "writes" in call]);
  expect(taken).toEqual([[1, true], [2, false], undefined]);
});

test("calls are taken in their order, all of them and each once, whenever and whichever way they are sent", () => {
  const sends = fc.array(fc.array(fc.constantFrom("sendAppends", "sendMessage"), { maxLength: 4 }), { maxLength: 30 });
  fc.assert(
    fc.property(sends, (turns) => {
      const left = [...turns];
      const ways = openWays(() => {
        for (const way of left.shift() ?? []) ways[way as "sendAppends" | "sendMessage"]();
      });
      const expected = turns.flat().map((way, index) => [index + 1, way]);
      const taken: unknown[] = [];
      // After the last was sent, two looks in vain say that there are no more.
      for (let inVain = 0; inVain < 2; ) {
        const call = ways.take();
        if (call !== undefined) taken.push([call.id, "writes" in call ? "sendAppends" : "sendMessage"]);
        else if (left.length === 0) inVain++;
      }
      expect(taken).toEqual(expected);
    }),
  );
});

test("a call that is missing is no reason to go on without it", () => {
  const messages: Request[] = [{ id: 2, call: "write", argument: undefined }];
  const take = createCallOrder({ appends: () => undefined, message: () => messages.shift() });
  expect(take).toThrow("call 2 has come, and call 1 before it has not");
});
