import { expect, test } from "vitest";
import { createOutflow } from "./outflow.ts";
import { toSectioned } from "./sectioned.ts";
import { createReceiver, createWindow } from "./window.ts";

const large = 70_000;
function sectionsOf(...fills: readonly number[]) {
  const parts = fills.map((fill) => new Uint8Array(large).fill(fill));
  const data = toSectioned(parts);
  if (data instanceof Uint8Array) throw new TypeError("it is not in sections");
  return { data, take: () => structuredClone(parts, { transfer: parts.map(({ buffer }) => buffer) }) };
}
const turn = () => new Promise((resolve) => setImmediate(resolve));

test("data that is taken away breaks off its own call, and none before it that is still at work", async () => {
  const window = createWindow();
  const outflow = createOutflow(window, () => {});
  const [first, second, third] = [sectionsOf(1, 2), sectionsOf(3, 4), sectionsOf(5, 6)];
  const calls = [1, 2, 3].map(() => Promise.withResolvers<void>());
  for (const [index, { data }] of [first, second, third].entries()) {
    outflow.send([data], calls[index]?.promise ?? Promise.resolve());
  }
  second.take();
  await turn();
  const receive = (sections: number) => {
    const receiver = createReceiver(window, sections);
    try {
      return Array.from(receiver.receive(Array(sections).fill(large)), ({ chunk }) => chunk[0]);
    } finally {
      receiver.finish();
    }
  };
  expect(receive(2)).toEqual([1, 2]);
  calls[0]?.resolve();
  await turn();
  expect(() => receive(2)).toThrow("went away");
  calls[1]?.reject(new Error("it went away"));
  await turn();
  expect(receive(2)).toEqual([5, 6]);
  calls[2]?.resolve();
});
