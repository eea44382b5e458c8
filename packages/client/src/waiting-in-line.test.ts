import { Code, ConnectError, type Transport } from "@connectrpc/connect";
import { expect, test } from "vitest";
import { createStoreClient } from "./create-store-client.ts";

/** What a call for a lease is given to last, in milliseconds, by a client whose calls may take so long. */
async function lasts(timeoutMs: number, options: object): Promise<unknown> {
  const given: unknown[] = [];
  const transport: Transport = {
    unary(_method, _signal, timeoutMs) {
      given.push(timeoutMs);
      throw new ConnectError("nothing is there", Code.Unavailable);
    },
    stream: () => expect.fail("it is no stream"),
  };
  const store = createStoreClient(transport, { timeoutMs });
  const started = store.startOptimization("s", ["x"], { optimizer: "tuner", ...options });
  await expect(started).rejects.toMatchObject({ reason: "unavailable" });
  return given;
}

test("a call that waits in line may last as long as that, beside what any call takes", async () => {
  expect(await lasts(1000, {})).toEqual([1000]);
  expect(await lasts(1000, { onConflict: "wait" })).toEqual([6000]);
  expect(await lasts(1000, { onConflict: "wait", waitTimeoutMs: 500 })).toEqual([1500]);
});

test("a call that waits in line lasts until it is answered where there is no limit, or none that a request can say", async () => {
  for (const timeoutMs of [0, 99_999_999]) {
    expect(await lasts(timeoutMs, { onConflict: "wait", waitTimeoutMs: 500 })).toEqual([0]);
  }
});
