import { fromBinary, toBinary } from "@bufbuild/protobuf";
import { Code, createClient } from "@connectrpc/connect";
import type { ChangesEvent } from "@trimtab/core";
import { toWireChanges } from "@trimtab/wire";
import { WatchService, WatchVariablesResponseSchema } from "@trimtab/wire/services";
import { describe, expect, test } from "vitest";
import { encodedOnce } from "./shared-encoding.ts";
import { openServer } from "./test-parts/open-server.ts";

const first = <T>(stream: AsyncIterable<T>) => stream[Symbol.asyncIterator]();

describe("a watch", () => {
  test.each(["binary", "json"] as const)("tells of changes over %s", async (encoding) => {
    const server = await openServer();
    const end = new AbortController();
    const watch = first(
      createClient(WatchService, server[encoding]).watchVariables({ sessionId: "s" }, { signal: end.signal }),
    );
    const snapshot = (await watch.next()).value;
    expect(snapshot.event).toMatchObject({ case: "snapshot", value: { variables: [{ name: "temperature" }] } });
    await server.store.setVariable("s", "temperature", 1, { actor: "ada", metadata: { why: "warm" } });
    const message = (await watch.next()).value;
    expect(message).toMatchObject({ revision: 3n });
    expect(message.event).toMatchObject({
      case: "changes",
      value: {
        actor: "ada",
        changes: [
          {
            name: "temperature",
            version: 1n,
            value: { kind: { case: "number", value: 1 } },
            metadata: { why: { kind: { case: "string", value: "warm" } } },
          },
        ],
      },
    });
    end.abort();
    await expect(watch.next()).rejects.toMatchObject({ code: Code.Canceled });
  });

  test("goes on from a token, and starts without values where asked", async () => {
    const { store, binary } = await openServer();
    const client = createClient(WatchService, binary);
    const end = new AbortController();
    const bare = first(client.watchVariables({ sessionId: "s", omitInitialValues: true }, { signal: end.signal }));
    const { token, event } = (await bare.next()).value;
    expect(event.case).toBe("bookmark");
    await store.setVariable("s", "temperature", 1);
    const request = { sessionId: "s", resumeToken: token, includeOldValues: true };
    const resumed = first(client.watchVariables(request, { signal: end.signal }));
    expect((await resumed.next()).value.event).toMatchObject({
      value: { changes: [{ oldValue: { kind: { case: "number", value: 0.7 } } }] },
    });
    end.abort();
  });

  test.each([
    ["of an unknown session", { sessionId: "nope" }, Code.NotFound],
    ["of no session", {}, Code.InvalidArgument],
    ["of a variable without a name", { sessionId: "s", variables: [""] }, Code.InvalidArgument],
    ["from something that is no token", { sessionId: "s", resumeToken: "nonsense" }, Code.InvalidArgument],
    ["with a filter", { sessionId: "s", filter: "new > old" }, Code.Unimplemented],
  ])("%s is refused", async (_, request, code) => {
    const { binary } = await openServer();
    await expect(first(createClient(WatchService, binary).watchVariables(request)).next()).rejects.toMatchObject({
      code,
    });
  });

  test("ends with the session", async () => {
    const { store, binary } = await openServer();
    const seen: (string | undefined)[] = [];
    for await (const { event } of createClient(WatchService, binary).watchVariables({ sessionId: "s" })) {
      seen.push(event.case);
      if (event.case === "snapshot") await store.deleteSession("s");
    }
    expect(seen).toEqual(["snapshot", "changes", "ended"]);
  });

  test("ends with unavailable when the server shuts down, waiting or new", async () => {
    const shutdown = new AbortController();
    const { binary } = await openServer({ shutdown: shutdown.signal });
    const client = createClient(WatchService, binary);
    const watch = first(client.watchVariables({ sessionId: "s" }));
    await watch.next();
    const waiting = watch.next();
    shutdown.abort();
    const refusal = { code: Code.Unavailable, rawMessage: "server is shutting down" };
    await expect(waiting).rejects.toMatchObject(refusal);
    await expect(first(client.watchVariables({ sessionId: "s" })).next()).rejects.toMatchObject(refusal);
  });

  test("ends at its deadline", async () => {
    const { binary } = await openServer();
    const watch = first(createClient(WatchService, binary).watchVariables({ sessionId: "s" }, { timeoutMs: 20 }));
    const readAll = async () => {
      while (!(await watch.next()).done);
    };
    await expect(readAll()).rejects.toMatchObject({ code: Code.DeadlineExceeded });
  });

  test("lets go of the store's watch when the caller goes away", async () => {
    const { store } = await openServer();
    const returned = Promise.withResolvers<void>();
    const watched: typeof store = {
      ...store,
      async *watch(...about) {
        try {
          yield* store.watch(...about);
        } finally {
          returned.resolve();
        }
      },
    };
    const { binary } = await openServer({ store: watched });
    const end = new AbortController();
    const watch = first(createClient(WatchService, binary).watchVariables({ sessionId: "s" }, { signal: end.signal }));
    await watch.next();
    const waiting = watch.next();
    end.abort();
    await expect(waiting).rejects.toMatchObject({ code: Code.Canceled });
    await returned.promise;
  });
});

describe("changes for many watches", () => {
  const event: ChangesEvent = {
    kind: "changes",
    revision: 3,
    token: "t",
    atMs: 1,
    actor: "ada",
    origin: "python",
    coalesced: false,
    changes: [
      {
        kind: "updated",
        id: "var_x_1",
        name: "x",
        version: 1,
        value: 1,
        payload: { kind: "number", value: 1 },
        metadata: { why: "warm" },
      },
    ],
  };

  test("are encoded once, to the bytes that they would have been encoded to each time", () => {
    const message = toWireChanges(event);
    const ready = encodedOnce(message);
    expect(ready).toBe(encodedOnce(toWireChanges(event)));
    expect(ready.event.case).toBeUndefined();
    expect(toBinary(WatchVariablesResponseSchema, ready)).toEqual(toBinary(WatchVariablesResponseSchema, message));
    expect(fromBinary(WatchVariablesResponseSchema, toBinary(WatchVariablesResponseSchema, ready))).toEqual(message);
  });

  test("are the only messages put in so", () => {
    const bookmark = { ...toWireChanges(event), event: { case: undefined } };
    expect(encodedOnce(bookmark)).toBe(bookmark);
  });
});
