import { request } from "node:http";
import { create, toBinary } from "@bufbuild/protobuf";
import { createGrpcWebTransport } from "@connectrpc/connect-web";
import { createStoreClient } from "@trimtab/client";
import type { WatchEvent } from "@trimtab/core";
import { GetVariableRequestSchema } from "@trimtab/wire/services";
import { expect, onTestFinished, test } from "vitest";
import { openServer } from "./open-server.ts";
import { base64Fetch } from "./test-parts/base64-fetch.ts";

async function openInText() {
  const server = await openServer({ corsOrigins: ["https://app.example"] });
  onTestFinished(() => server.close());
  const store = createStoreClient(createGrpcWebTransport({ baseUrl: server.url, fetch: base64Fetch }));
  await store.createSession({ id: "s" });
  const constraints = { min: 0, max: 2 };
  await store.registerVariable("s", { name: "temperature", type: "float", value: 0.5, constraints });
  return { server, store };
}

/** Sends a body in pieces, each by itself, and gives what is answered. */
const post = (url: string, pieces: readonly string[], type = "application/grpc-web-text+proto") =>
  new Promise<{ status: number | undefined; type: string | undefined; body: string }>((resolve, reject) => {
    const call = request(url, { method: "POST", headers: { "content-type": type } }, (answer) => {
      answer.setEncoding("latin1");
      let body = "";
      answer.on("data", (text: string) => {
        body += text;
      });
      answer.on("end", () => resolve({ status: answer.statusCode, type: answer.headers["content-type"], body }));
    });
    call.on("error", reject);
    const [first, ...more] = pieces;
    if (first === undefined) return void call.end();
    call.write(first, () => {
      for (const piece of more) call.write(piece);
      call.end();
    });
  });

const envelope = (() => {
  const message = toBinary(
    GetVariableRequestSchema,
    create(GetVariableRequestSchema, { sessionId: "s", variable: "temperature" }),
  );
  const head = Buffer.alloc(5);
  head.writeUInt32BE(message.length, 1);
  return Buffer.concat([head, message]);
})();

test("calls in Base64 are answered, refused and streamed as those in bytes are", async () => {
  const { store } = await openInText();
  const events: WatchEvent[] = [];
  const seen = (async () => {
    for await (const event of store.watch("s", { refs: ["temperature"] })) {
      events.push(event);
      if (events.filter(({ kind }) => kind === "changes").length === 2) return;
    }
  })();
  await expect.poll(() => events.length).toBeGreaterThan(0);
  await store.setVariable("s", "temperature", 1);
  await store.setVariable("s", "temperature", 1.5);
  await seen;
  expect(await store.getVariable("s", "temperature")).toMatchObject({ value: 1.5, version: 2 });
  await expect(store.setVariable("s", "temperature", 3)).rejects.toMatchObject({
    reason: "constraint_violation",
    details: { field: "temperature", limit: 2, value: 3 },
  });
  await store.registerVariables(
    "s",
    Array.from({ length: 500 }, (_, index) => ({ name: `v_${index}`, type: "float", value: index })),
  );
  expect((await store.listVariables("s", { pageSize: 1000 })).items).toHaveLength(501);
});

test("a request may come in pieces of any size, each of them padded or none", async () => {
  const { server } = await openInText();
  const url = `${server.url}/trimtab.v1.VariableService/GetVariable`;
  const whole = envelope.toString("base64");
  const [front, back] = [envelope.subarray(0, 7), envelope.subarray(7)].map((part) => part.toString("base64"));
  const ways = [[whole], [...whole], [`${front}${back}`], [front ?? "", back ?? ""], [whole.replace(/=+$/, "")]];
  const answers = await Promise.all(ways.map((pieces) => post(url, pieces)));
  for (const answer of answers) {
    expect(answer).toMatchObject({ status: 200, type: "application/grpc-web-text+proto" });
    const bytes = Buffer.concat(answer.body.split(/(?<==)(?=[^=])/).map((piece) => Buffer.from(piece, "base64")));
    const length = bytes.readUInt32BE(1);
    expect([bytes[0], bytes[5 + length]]).toEqual([0, 0x80]);
    expect(bytes.subarray(10 + length).toString()).toContain("grpc-status: 0");
  }
  expect(new Set(answers.map(({ body }) => body)).size).toBe(1);
});

test("what is not in Base64, or no call, is told so in plain words", async () => {
  const { server } = await openInText();
  const path = (method: string) => `${server.url}/trimtab.v1.VariableService/${method}`;
  const broken = await post(path("GetVariable"), [envelope.toString("latin1")]);
  expect(broken).toMatchObject({ status: 400, body: expect.stringContaining("not in Base64") });
  const { body } = await post(path("GetVariable"), [envelope.subarray(0, -1).toString("base64")]);
  expect(Buffer.from(body, "base64").toString()).toContain("grpc-status: 3");
  const unknown = await post(path("Divine"), [envelope.toString("base64")]);
  expect(Buffer.from(unknown.body, "base64").toString()).toContain("grpc-status: 12");
  expect(await post(path("GetVariable"), ["AAAA"], "application/grpc-web-text+xml")).toMatchObject({ status: 415 });
});
