import { once } from "node:events";
import * as http2 from "node:http2";
import { SessionService, VariableService, WatchService } from "@trimtab/wire/services";
import { describe, expect, onTestFinished, test } from "vitest";
import { openServer } from "./open-server.ts";
import { connectForeign } from "./test-parts/foreign-client.ts";
import { envelope } from "./test-parts/raw-calls.ts";

const { createSession, getSession } = SessionService.method;

/** Opens a server, which is closed when the test ends. */
async function open(settings: Parameters<typeof openServer>[0] = {}) {
  const server = await openServer(settings);
  onTestFinished(() => server.close());
  return server;
}

describe("a call of gRPC of whose answer nothing was sent", () => {
  const variables = `/${VariableService.typeName}`;
  test.each([
    ["directly", `${variables}/${VariableService.method.getVariable.name}`, envelope(Buffer.of())],
    ["as a stream", `/${WatchService.typeName}/WatchVariables`, envelope(Buffer.of())],
    ["by Connect's router", `${variables}/GetVariable?x=y`, envelope(Buffer.of())],
    ["for a method that is not there", `${variables}/DivineVariable`, envelope(Buffer.of())],
  ])("ends with its head where it is refused %s", async (_, path, body) => {
    const session = http2.connect((await open()).url);
    onTestFinished(() => session.destroy());
    const stream = session.request({ ":method": "POST", ":path": path, "content-type": "application/grpc" });
    stream.end(body);
    const [head, flags] = await once(stream.resume(), "response");
    expect(head).toMatchObject({
      "grpc-status": expect.stringMatching(/^(3|12)$/),
      "grpc-message": expect.any(String),
    });
    expect(flags & endStream).toBe(endStream);
  });

  const endStream = 1;

  test("is made again by a client that has a policy of retries, when it is told to", async () => {
    const server = await open({ sessionRate: 10, sessionBurst: 1 });
    const retryPolicy = {
      maxAttempts: 5,
      initialBackoff: "0.1s",
      maxBackoff: "1s",
      backoffMultiplier: 2,
      retryableStatusCodes: ["RESOURCE_EXHAUSTED"],
    };
    const policies = JSON.stringify({ loadBalancingConfig: [], methodConfig: [{ name: [{}], retryPolicy }] });
    const client = connectForeign(server.port, { "grpc.service_config": policies });
    await client.unary(createSession, { sessionId: "s" });
    for (let i = 0; i < 3; i++) await client.unary(getSession, { sessionId: "s" });
  });
});
