import { once } from "node:events";
import { type ClientHttp2Session, connect, type IncomingHttpHeaders, type OutgoingHttpHeaders } from "node:http2";
import { describe, expect, test } from "vitest";
import { createDynamicTable } from "./dynamic-table.ts";
import { createHeaderDecoder } from "./header-decoder.ts";
import { listenForBlocks } from "./test-parts/block-server.ts";
import { decoded } from "./test-parts/decoded.ts";

/** Everything that is allowed in a value: visible ASCII, space and tab within, and what is beyond ASCII. */
const VALUE_CHARS = Array.from({ length: 256 }, (_, code) => String.fromCharCode(code)).filter((char) =>
  /[\t\x20-\x7e\x80-\xff]/.test(char),
);

const answer = [
  [":status", "200"],
  ["content-type", "application/grpc+proto"],
  ["grpc-status", "0"],
  ["x-latin1", "gr\xfc\xdfe"],
  ["x-long", "l".repeat(300)],
] as const;

async function request(session: ClientHttp2Session, headers: OutgoingHttpHeaders): Promise<IncomingHttpHeaders> {
  const stream = session.request(headers, { endStream: true });
  const [received] = await once(stream, "response");
  stream.resume();
  await once(stream, "close");
  return received;
}

/** Sends requests one after the other, and gives what the decoder made of each and what came back. */
async function exchanged(requests: readonly OutgoingHttpHeaders[], tableBytes?: number) {
  const table = createDynamicTable(Math.max(tableBytes ?? 0, 4096));
  const decoder = createHeaderDecoder(table);
  const blocks: { readonly bytes: number; readonly fields: [string, string][] }[] = [];
  await using server = await listenForBlocks({
    ...(tableBytes === undefined ? {} : { tableBytes }),
    answer,
    onBlock: (block) => void blocks.push({ bytes: block.length, fields: decoded(decoder, block) }),
  });
  const session = connect(server.url);
  const answers: IncomingHttpHeaders[] = [];
  try {
    // What the server announces holds from the first request on.
    await once(session, "remoteSettings");
    for (const headers of requests) answers.push(await request(session, headers));
  } finally {
    session.destroy();
  }
  return { blocks, answers, table };
}

const call = (path: string, more: OutgoingHttpHeaders = {}): OutgoingHttpHeaders => ({
  ":method": "POST",
  ":scheme": "http",
  ":authority": "trimtab.example",
  ":path": path,
  "content-type": "application/grpc+proto",
  te: "trailers",
  "user-agent": "grpc-node-js/1.12.0",
  ...more,
});

const expected = (headers: OutgoingHttpHeaders) =>
  Object.entries(headers).flatMap(([name, value]) => [value].flat().map((each) => [name, String(each)]));

describe.each([undefined, 0, 100, 65_536])("Node's client, with a table of %s bytes announced to it,", (tableBytes) => {
  test("is understood over many requests", async () => {
    const requests = Array.from({ length: 150 }, (_, i) =>
      call(`/trimtab.v1.VariableService/${i % 2 ? "SetVariable" : "GetVariable"}`, {
        "content-length": 100 + (i % 7),
        authorization: `Bearer ${"t0ken.".repeat(10 + (i % 3))}`,
        "grpc-timeout": `${1000 + (i % 11)}m`,
        ...(i % 5 === 0 ? { traceparent: `00-${String(i).padStart(32, "0")}-00f067aa0ba902b7-01` } : {}),
        ...(i % 10 === 0 ? { [`x-new-${i}`]: "n".repeat(i) } : {}),
        ...(i % 20 === 0 ? { cookie: ["a=b", `session=${"c".repeat(i * 3)}`] } : {}),
      }),
    );
    const { blocks, answers, table } = await exchanged(requests, tableBytes);
    expect(blocks.map(({ fields }) => fields)).toEqual(requests.map(expected));
    // A table makes blocks short; without one the same is sent each time.
    const shortest = Math.min(...blocks.map(({ bytes }) => bytes));
    if (tableBytes === 0) expect(shortest).toBeGreaterThan(100);
    else if (tableBytes !== 100) expect(shortest).toBeLessThan(100);
    expect(table.bytes).toBeLessThanOrEqual(tableBytes ?? 4096);
    for (const received of answers) expect(received).toMatchObject(Object.fromEntries(answer.slice(1)));
  });
});

test("Node's client is understood with values of every character, alone, repeated and between others", async () => {
  const requests = VALUE_CHARS.map((char) =>
    call(`/${"a".repeat(40)}`, {
      "x-one": `-${char}-`,
      "x-many": char === "\t" ? "-" : char.repeat(20),
      "x-mixed": `${"e".repeat(60)}${char}0`,
    }),
  );
  const { blocks } = await exchanged(requests);
  expect(blocks.map(({ fields }) => fields)).toEqual(requests.map(expected));
});

test("Node's client is understood with values that take several frames", async () => {
  const requests = [10_000, 20_000, 50_000].flatMap((length) => [
    call("/long", { "x-long": "v".repeat(length) }),
    call("/long", { "x-long": "<>".repeat(length / 2) }),
    call("/short"),
  ]);
  const { blocks } = await exchanged(requests);
  expect(blocks.map(({ fields }) => fields)).toEqual(requests.map(expected));
});
