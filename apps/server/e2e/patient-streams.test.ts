import { once } from "node:events";
import * as http2 from "node:http2";
import { createClient } from "@connectrpc/connect";
import { createGrpcTransport } from "@connectrpc/connect-node";
import { createStoreClient } from "@trimtab/client";
import type { WatchEvent } from "@trimtab/core";
import { reflectionV1 } from "@trimtab/wire/grpc";
import { expect, onTestFinished, test } from "vitest";
import { openServer } from "./open-server.ts";
import { openProxy } from "./test-parts/tcp-proxy.ts";

/** A server whose seconds pass when a test wants it. */
async function open() {
  const listeners = new Set<() => void>();
  const follow = (onBeat: () => void) => {
    listeners.add(onBeat);
    return () => void listeners.delete(onBeat);
  };
  const server = await openServer({}, { pulse: { follow } });
  onTestFinished(() => server.close());
  await server.store.createSession({ id: "s" });
  await server.store.registerVariable("s", { name: "a", type: "integer", value: 0 });

  /** Lets hours pass; clients have the time in between that a call of another connection takes, which is all that they need. */
  const passHours = async (hours: number): Promise<void> => {
    for (let second = 0; second < hours * 3600; second += 10) {
      for (let i = 0; i < 10; i++) for (const listener of listeners) listener();
      const answer = await fetch(`${server.url}/`);
      await answer.arrayBuffer();
    }
  };
  return { server, passHours, connections: () => listeners.size };
}

/** Changes up to a revision, as a watch tells of them. */
async function until(events: AsyncIterator<WatchEvent>, revision: number): Promise<void> {
  for (;;) {
    const { value, done } = await events.next();
    if (done) expect.fail("the watch has ended");
    if (value.revision >= revision) return;
  }
}

test("watches and streams both ways of gRPC stay open, however little is said on them", async () => {
  const { server, passHours, connections } = await open();
  const transport = createGrpcTransport({ baseUrl: server.url });
  const watch = createStoreClient(transport).watch("s")[Symbol.asyncIterator]();
  expect((await watch.next()).value).toMatchObject({ kind: "snapshot" });

  // A stream both ways whose client asks once, and much later once more.
  const { ServerReflection } = reflectionV1;
  let ask = (_: boolean) => {};
  const wanted = async function* () {
    for (;;) {
      yield { messageRequest: { case: "listServices" as const, value: "" } };
      const goesOn = await new Promise<boolean>((resolve) => {
        ask = resolve;
      });
      if (!goesOn) return;
    }
  };
  const answers = createClient(ServerReflection, transport).serverReflectionInfo(wanted())[Symbol.asyncIterator]();
  expect((await answers.next()).value?.messageResponse.case).toBe("listServicesResponse");

  expect(connections()).toBe(1);
  await passHours(3);
  expect(connections()).toBe(1);
  const { revision } = await server.store.setVariable("s", "a", 1);
  await until(watch, revision);
  ask(true);
  expect((await answers.next()).value?.messageResponse.case).toBe("listServicesResponse");
  ask(false);
  expect((await answers.next()).done).toBe(true);
  await watch.return?.();
});

test("a client that is not there any more holds nothing, and one that calls nothing for long is bidden farewell", async () => {
  const { server, passHours, connections } = await open();
  const proxy = await openProxy(server.port);
  onTestFinished(() => proxy.close());
  const dead = http2.connect(proxy.url).on("error", () => {});
  const idle = http2.connect(server.url);
  onTestFinished(() => dead.destroy());
  const path = "/trimtab.v1.WatchService/WatchVariables";
  const watch = dead.request({ ":method": "POST", ":path": path, "content-type": "application/connect+json" });
  watch.on("error", () => {});
  const message = '{"sessionId":"s"}';
  watch.end(Buffer.concat([Buffer.of(0, 0, 0, 0, message.length), Buffer.from(message)]));
  await Promise.all([once(watch, "response"), once(idle, "remoteSettings")]);
  expect(connections()).toBe(2);
  // From here on it hears nothing, and so answers nothing.
  proxy.freezeAll();
  const farewell = once(idle, "goaway");
  await passHours(0.05);
  await expect.poll(connections, { timeout: 20_000 }).toBe(1);
  await passHours(0.25);
  const [code] = await farewell;
  expect(code).toBe(http2.constants.NGHTTP2_NO_ERROR);
  await expect.poll(connections, { timeout: 20_000 }).toBe(0);
});
