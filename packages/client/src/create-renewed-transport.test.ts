import { createRouterTransport, type Interceptor, type Transport } from "@connectrpc/connect";
import { storeError } from "@trimtab/core";
import { createStore } from "@trimtab/store";
import { createRoutes } from "@trimtab/transport-connect";
import { builtinTypes } from "@trimtab/types";
import { expect, onTestFinished, test } from "vitest";
import { createRenewedTransport } from "./create-renewed-transport.ts";
import { createStoreClient } from "./create-store-client.ts";

const aborted = (signal: AbortSignal) =>
  new Promise<never>((_, reject) => {
    if (signal.aborted) reject(signal.reason);
    signal.addEventListener("abort", () => reject(signal.reason));
  });

/** Lets calls through until it is told to hold them; what is held ends when its signal says so. */
function createHold() {
  let isHeld = (_method: string) => false;
  const hold: Interceptor = (next) => async (request) => {
    const held = () => isHeld(request.method.name);
    if (held()) await aborted(request.signal);
    const response = await next(request);
    if (!response.stream) return response;
    const { message } = response;
    async function* untilHeld() {
      for await (const each of message) {
        if (held()) await aborted(request.signal);
        yield each;
      }
    }
    return { ...response, message: untilHeld() };
  };
  return {
    hold,
    holdFromNow: (methods = /./) => {
      isHeld = (method) => methods.test(method);
    },
  };
}

/** A store behind a transport that is renewed; each one opened has a hold of its own. */
async function openRenewed() {
  const local = createStore({ types: builtinTypes });
  onTestFinished(() => local.close());
  await local.createSession({ id: "s" });
  const routes = createRoutes({ store: local });
  const holds: ReturnType<typeof createHold>[] = [];
  const open = (): Transport => {
    const hold = createHold();
    holds.push(hold);
    return createRouterTransport(routes, { transport: { interceptors: [hold.hold] } });
  };
  const transport = createRenewedTransport(open);
  return { holds, transport, store: createStoreClient(transport) };
}

const silent = () => storeError("deadline_exceeded", "silent for too long", {});

/** A watch that has told its first event. */
async function watching(store: ReturnType<typeof createStoreClient>) {
  const end = new AbortController();
  onTestFinished(() => end.abort());
  const watch = store.watch("s", {}, { signal: end.signal })[Symbol.asyncIterator]();
  expect((await watch.next()).value).toMatchObject({ kind: "snapshot" });
  return { end, ended: watch.next() };
}

test("what went silent is replaced once, however many watches say so, and what follows works", async () => {
  const { holds, store } = await openRenewed();
  const watches = [await watching(store), await watching(store), await watching(store)];
  holds[0]?.holdFromNow();
  for (const { end } of watches) end.abort(silent());
  expect(await Promise.all(watches.map(({ ended }) => ended))).toEqual(
    watches.map(() => ({ done: true, value: undefined })),
  );
  expect(await store.getSession("s")).toMatchObject({ id: "s" });
  await watching(store);
  expect(holds).toHaveLength(2);
});

test("a watch that never began is silent as well", async () => {
  const { holds, store } = await openRenewed();
  holds[0]?.holdFromNow();
  const end = new AbortController();
  const first = store.watch("s", {}, { signal: end.signal })[Symbol.asyncIterator]().next();
  end.abort(silent());
  expect(await first).toMatchObject({ done: true });
  await watching(store);
  expect(holds).toHaveLength(2);
});

test("a connection that others are answered on is kept", async () => {
  const { holds, store } = await openRenewed();
  const { end, ended } = await watching(store);
  holds[0]?.holdFromNow(/WatchVariables/);
  await store.getSession("s");
  end.abort(silent());
  await ended;
  await store.getSession("s");
  expect(holds).toHaveLength(1);
});

test("a connection on which another watch was told something since is kept", async () => {
  const { holds, store } = await openRenewed();
  const { end, ended } = await watching(store);
  await watching(store);
  end.abort(silent());
  await ended;
  await store.getSession("s");
  expect(holds).toHaveLength(1);
});

test("a watch that the program ends says nothing of the connection", async () => {
  const { holds, store } = await openRenewed();
  const { end, ended } = await watching(store);
  end.abort();
  await ended;
  await store.getSession("s");
  expect(holds).toHaveLength(1);
});

test("a call that waited its whole time for nothing has the next go another way", async () => {
  const { holds, transport, store } = await openRenewed();
  holds[0]?.holdFromNow();
  const impatient = createStoreClient(transport, { timeoutMs: 20 });
  await expect(impatient.getSession("s")).rejects.toMatchObject({ reason: "deadline_exceeded" });
  expect(await store.getSession("s")).toMatchObject({ id: "s" });
  expect(holds).toHaveLength(2);
});

test("a refusal is an answer", async () => {
  const { holds, store } = await openRenewed();
  await expect(store.getSession("none")).rejects.toMatchObject({ reason: "session_not_found" });
  expect(holds).toHaveLength(1);
});
