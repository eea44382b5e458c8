import { Code, ConnectError, createClient, type HandlerContext } from "@connectrpc/connect";
import { compressionGzip, createConnectTransport } from "@connectrpc/connect-node";
import { VariableService, WatchService } from "@trimtab/wire/services";
import { afterEach, describe, expect, test } from "vitest";
import { peerAddress } from "../src/direct/call-context.ts";
import type { RunningServer } from "../src/start-server.ts";
import { openServer, transports } from "./open-server.ts";

let server: RunningServer | undefined;
afterEach(() => server?.close());

/** Lets in whoever says the word; what it learns of a call is kept. */
async function openGuarded() {
  const seen: (string | undefined)[][] = [];
  const requestGate = async ({ method, protocolName, requestHeader, values }: HandlerContext) => {
    seen.push([method.name, protocolName, values.get(peerAddress)]);
    if (requestHeader.get("authorization") !== "open") throw new ConnectError("say the word", Code.Unauthenticated);
  };
  server = await openServer({}, { requestGate });
  await server.store.createSession({ id: "s" });
  await server.store.registerVariable("s", { name: "v", type: "float", value: 1 });
  return { url: server.url, seen };
}

const withAbort = () => {
  const controller = new AbortController();
  return { signal: controller.signal, abort: () => controller.abort() };
};

const word = { headers: { authorization: "open" } };

describe.each(Object.entries(transports))("a gate before %s", (_, createTransport) => {
  test("hears of every call, and refuses it before it is read", async () => {
    const { url, seen } = await openGuarded();
    const client = createClient(VariableService, createTransport(url));
    const refused = await client.getVariable({ sessionId: "s", variable: "v" }).catch(ConnectError.from);
    expect(refused).toMatchObject({ code: Code.Unauthenticated, rawMessage: "say the word" });
    expect((await client.getVariable({ sessionId: "s", variable: "v" }, word)).variable?.name).toBe("v");
    expect(seen.map(([method, , peer]) => [method, peer])).toEqual([
      ["GetVariable", "127.0.0.1"],
      ["GetVariable", "127.0.0.1"],
    ]);
  });

  test("stands before streams, too", async () => {
    const { url } = await openGuarded();
    const client = createClient(WatchService, createTransport(url));
    const first = async (options?: typeof word) => {
      const { signal, abort } = withAbort();
      for await (const { event } of client.watchVariables({ sessionId: "s" }, { ...options, signal })) {
        abort();
        return event.case;
      }
      return undefined;
    };
    await expect(first()).rejects.toMatchObject({ code: Code.Unauthenticated });
    expect(await first(word)).toBe("snapshot");
  });
});

test("a gate stands before calls that only Connect's router serves", async () => {
  const { url, seen } = await openGuarded();
  const packed = createConnectTransport({
    baseUrl: url,
    httpVersion: "2",
    sendCompression: compressionGzip,
    compressMinBytes: 1,
  });
  const client = createClient(VariableService, packed);
  const refused = await client.getVariable({ sessionId: "s", variable: "v" }).catch(ConnectError.from);
  expect(refused).toMatchObject({ code: Code.Unauthenticated });
  expect((await client.getVariable({ sessionId: "s", variable: "v" }, word)).variable?.name).toBe("v");
  expect(seen).toEqual([
    ["GetVariable", "connect", "127.0.0.1"],
    ["GetVariable", "connect", "127.0.0.1"],
  ]);
});
