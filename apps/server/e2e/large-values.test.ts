import { createStoreClient } from "@trimtab/client";
import type { NdArray } from "@trimtab/core";
import { afterEach, expect, test } from "vitest";
import type { RunningServer } from "../src/start-server.ts";
import { openServer, transports } from "./open-server.ts";

let server: RunningServer | undefined;
afterEach(() => server?.close());

const elements = 500_000;

/** Numbers that tell where each of them belongs. */
function ramp(): NdArray {
  const numbers = Float32Array.from({ length: elements }, (_, index) => index);
  return { dtype: "f32", shape: [elements], data: new Uint8Array(numbers.buffer) };
}

test.each(Object.entries(transports))("a value of two megabytes goes there and back whole: %s", async (_, create) => {
  server = await openServer();
  const store = createStoreClient(create(server.url));
  await store.createSession({ id: "s" });
  const zero = { dtype: "f32", shape: [elements], data: new Uint8Array(4 * elements) } as const;
  const constraints = { shape: [elements], dtype: "f32" };
  await store.registerVariable("s", { name: "weights", type: "tensor", value: zero, constraints });
  const stop = new AbortController();
  const watch = store.watch("s", { refs: ["weights"] }, { signal: stop.signal })[Symbol.asyncIterator]();
  expect((await watch.next()).value).toMatchObject({ kind: "snapshot" });
  await store.setVariable("s", "weights", ramp());
  const { value } = await store.getVariable("s", "weights");
  expect(Buffer.compare((value as NdArray).data, ramp().data)).toBe(0);
  const told = (await watch.next()).value;
  expect(told).toMatchObject({ kind: "changes", changes: [{ name: "weights" }] });
  stop.abort();
  // The same once more is told to be no change.
  await store.setVariable("s", "weights", ramp());
  expect(await store.getVariable("s", "weights")).toMatchObject({ version: 2 });
});

test.each(Object.entries(transports))(
  "a number that is not finite is found wherever it stands: %s",
  async (_, create) => {
    server = await openServer();
    const store = createStoreClient(create(server.url));
    await store.createSession({ id: "s" });
    await store.registerVariable("s", {
      name: "weights",
      type: "tensor",
      value: ramp(),
      constraints: { dtype: "f32" },
    });
    for (const [at, number] of [
      [0, Number.NaN],
      [100_000, Number.POSITIVE_INFINITY],
      [elements - 1, Number.NEGATIVE_INFINITY],
    ] as const) {
      const array = ramp();
      new DataView(array.data.buffer).setFloat32(4 * at, number, true);
      const setting = store.setVariable("s", "weights", array);
      await expect(setting).rejects.toThrow(`element ${at} is ${number}, must be finite`);
    }
    expect(await store.getVariable("s", "weights")).toMatchObject({ version: 0 });
  },
);
