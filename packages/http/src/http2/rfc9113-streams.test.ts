import { expect, it } from "vitest";
import { answered, describeRules, fails } from "./test-parts/describe-rules.ts";
import {
  continuation,
  data,
  frame,
  get,
  headers,
  post,
  priority,
  resetStream,
  windowUpdate,
} from "./test-parts/frames.ts";
import { openRaw } from "./test-parts/raw-client.ts";
import { answer, type Stream, serve } from "./test-parts/serve.ts";

const silent = { ":path": "/silent" };

describeRules("idle streams", [
  ["5.1", "DATA", [data(1, "x")], fails("PROTOCOL_ERROR")],
  ["5.1", "DATA on a stream of the server's", [get(3), data(2, "x")], [...answered(3), ...fails("PROTOCOL_ERROR", 3)]],
  ["5.1", "RST_STREAM", [resetStream(1)], fails("PROTOCOL_ERROR")],
  [
    "5.1",
    "RST_STREAM on a stream of the server's",
    [get(3), resetStream(2)],
    [...answered(3), ...fails("PROTOCOL_ERROR", 3)],
  ],
  ["5.1", "WINDOW_UPDATE", [windowUpdate(1, 1)], fails("PROTOCOL_ERROR")],
  ["5.1", "CONTINUATION", [continuation(1, Buffer.of(0x82))], fails("PROTOCOL_ERROR")],
  ["5.1", "PRIORITY", [priority(7), get(1)], answered(1)],
]);

describeRules("streams whose client has said everything", [
  ["5.1", "DATA", [get(1, silent), data(1, "x"), get(3)], ["RST_STREAM 1 STREAM_CLOSED", ...answered(3)]],
  ["5.1", "HEADERS", [get(1, silent), get(1)], ["RST_STREAM 1 STREAM_CLOSED"]],
  ["5.1", "trailers", [get(1, silent), headers(1, [["x", "y"]])], ["RST_STREAM 1 STREAM_CLOSED"]],
  ["5.1", "CONTINUATION", [get(1, silent), continuation(1, Buffer.of(0x82))], fails("PROTOCOL_ERROR", 1)],
  [
    "5.1",
    "WINDOW_UPDATE, PRIORITY and RST_STREAM",
    [get(1, silent), windowUpdate(1, 1), priority(1), resetStream(1)],
    [],
  ],
]);

describeRules("closed streams", [
  [
    "5.1",
    "what was under way when the client's stream was refused is dropped",
    [
      post(1, { "content-length": "x" }),
      data(1, "abc"),
      headers(1, [["x", "y"]]),
      windowUpdate(1, 1),
      resetStream(1),
      get(3),
    ],
    ["RST_STREAM 1 PROTOCOL_ERROR", ...answered(3)],
  ],
  ["5.1", "DATA after RST_STREAM is dropped", [post(1, silent), resetStream(1), data(1, "x"), get(3)], answered(3)],
  ["5.1", "RST_STREAM is not answered by another", [get(1), resetStream(1), resetStream(1)], answered(1)],
  ["5.1", "PRIORITY", [get(1), priority(1)], answered(1)],
  [
    "5.1",
    "PUSH_PROMISE",
    [get(1), frame(5, 4, 1, Buffer.of(0, 0, 0, 2))],
    [...answered(1), ...fails("PROTOCOL_ERROR", 1)],
  ],
]);

describeRules("numbers of streams", [
  ["5.1.1", "an even one", [get(2)], fails("PROTOCOL_ERROR")],
  ["5.1.1", "one that was used", [get(1), get(1)], [...answered(1), ...fails("PROTOCOL_ERROR", 1)]],
  ["5.1.1", "one below those that were used", [get(5), get(3)], [...answered(5), ...fails("PROTOCOL_ERROR", 5)]],
  ["5.1.1", "with gaps", [get(5), get(99)], [...answered(5), ...answered(99)]],
  ["5.1.1", "the last there is", [get(0x7fff_ffff)], answered(0x7fff_ffff)],
]);

it("section 5.1.2: refuses streams beyond the limit so that the client may try again", async () => {
  const served = await serve(() => {}, { maxStreams: 2 });
  const client = await openRaw(served.port);
  expect(await client.reaction(get(1), post(3), get(5))).toEqual(["RST_STREAM 5 REFUSED_STREAM"]);
  expect(served.openStreams()).toBe(2);
  expect(await client.reaction(resetStream(1), get(7))).toEqual([]);
  expect(served.streams).toHaveLength(3);
});

it("section 8.1: declines the rest of a request that is answered early, without an error", async () => {
  const { port, streams, closings } = await serve((stream) => {
    stream.start(413, {});
    stream.end({ bytes: Buffer.from("too much") });
  });
  const client = await openRaw(port);
  const lines = await client.reaction(post(1), data(1, "x"), data(1, "y"), headers(1, [["x", "y"]]), get(3));
  const end = 'DATA 3 "too much" END';
  expect(lines).toEqual([
    ...["HEADERS 1 413", 'DATA 1 "too much" END', "RST_STREAM 1 NO_ERROR"],
    ...["HEADERS 3 413", end],
  ]);
  expect(streams.map((stream) => closings.get(stream))).toEqual([1, 1]);
});

it("section 8.1: ends an answer with trailers, with and without a body", async () => {
  const { port } = await serve((stream) => {
    stream.start(200, {});
    const trailers = { "x-sum": "7" };
    stream.end(stream.path === "/" ? { trailers } : { bytes: Buffer.from("body"), trailers });
  });
  const client = await openRaw(port);
  expect(await client.reaction(get(1), get(3, { ":path": "/body" }))).toEqual([
    ...["HEADERS 1 200", "HEADERS 1 trailers END"],
    ...["HEADERS 3 200", 'DATA 3 "body"', "HEADERS 3 trailers END"],
  ]);
});

it("section 8.1: ends an answer with its head, and declines the rest of the request", async () => {
  const { port, streams, closings } = await serve((stream) => {
    stream.start(200, { "x-sum": "7" }, true);
    stream.end({ bytes: Buffer.from("more") });
  });
  const client = await openRaw(port);
  expect(await client.reaction(get(1), post(3))).toEqual([
    "HEADERS 1 200 END",
    ...["HEADERS 3 200 END", "RST_STREAM 3 NO_ERROR"],
  ]);
  expect(streams.map((stream) => closings.get(stream))).toEqual([1, 1]);
});

it("section 8.1: breaks an answer off", async () => {
  const { port, streams, closings } = await serve((stream) => {
    stream.start(200, {});
    stream.write(Buffer.from("half"));
    stream.reset();
    stream.reset();
    stream.end({});
  });
  const client = await openRaw(port);
  expect(await client.reaction(get(1))).toEqual(["HEADERS 1 200", 'DATA 1 "half"', "RST_STREAM 1 INTERNAL_ERROR"]);
  expect(streams.map((stream) => closings.get(stream))).toEqual([1]);
});

it("tells each listener once that a stream has closed, whoever ends it", async () => {
  const events: string[] = [];
  const { port } = await serve((stream) => {
    stream.onClose(() => events.push(`first ${stream.path}`));
    stream.onClose(() => events.push(`second ${stream.path}`));
    if (stream.path === "/answered") answer(stream);
    if (stream.path === "/reset") stream.reset();
  });
  const client = await openRaw(port);
  await client.reaction(get(1, { ":path": "/answered" }), get(3, { ":path": "/reset" }), get(5), resetStream(5));
  expect(events).toEqual(["/answered", "/reset", "/"].flatMap((path) => [`first ${path}`, `second ${path}`]));
});

it("section 4.3: cuts a large head into frames that the client takes, with nothing between them", async () => {
  const value = "v".repeat(20_000);
  const { port } = await serve((stream: Stream) => {
    stream.start(200, { "x-a": value, "x-b": value });
    stream.end({ trailers: { "x-c": value } });
  });
  const client = await openRaw(port);
  await client.reaction(get(1));
  const parts = client.frames.filter(({ streamId }) => streamId === 1);
  expect(parts.map(({ type, flags, payload }) => [type, flags, payload.length])).toEqual([
    [1, 0, 16_384],
    [9, 0, 16_384],
    [9, 4, expect.any(Number)],
    [1, 1, 16_384],
    [9, 4, expect.any(Number)],
  ]);
});
