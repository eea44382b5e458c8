import { expect, it } from "vitest";
import { answered, describeRules, fails } from "./test-parts/describe-rules.ts";
import { data, fieldsOf, frame, get, headers, post, resetStream, settings, windowUpdate } from "./test-parts/frames.ts";
import { openRaw } from "./test-parts/raw-client.ts";
import { answer, type Stream, serve } from "./test-parts/serve.ts";

const silent = { ":path": "/silent" };
const full = (id: number) => data(id, Buffer.alloc(16_384));

/** Answers each request with so many bytes as its path says. */
async function openBodies(limits = {}, ending = {}) {
  const served = await serve((stream) => {
    stream.start(200, {});
    const bytes = Buffer.from("abcdefghij".repeat(Number(stream.path?.slice(1)) / 10));
    stream.end({ bytes, ...ending });
  }, limits);
  return { served, client: await openRaw(served.port) };
}

const bytes = (count: number) => ({ ":path": `/${count}` });
const first = (count: number) => settings([["initialWindowSize", count]]);

describeRules("windows of the server's", [
  ["6.9", "a body as large as the window", [post(1, silent), ...Array(64).fill(full(1)), get(3)], answered(3)],
  [
    "6.9.1",
    "more than a stream's window",
    [post(1, silent), ...Array(64).fill(full(1)), data(1, "x")],
    ["RST_STREAM 1 FLOW_CONTROL_ERROR"],
  ],
  [
    "6.9.1",
    "padding counts",
    [post(1, silent), ...Array(64).fill(full(1)), frame(0, 8, 1, Buffer.of(0))],
    ["RST_STREAM 1 FLOW_CONTROL_ERROR"],
  ],
  [
    "6.9.1",
    "more than the connection's window",
    [
      ...Array.from({ length: 9 }, (_, index) => post(index * 2 + 1, silent)),
      ...Array.from({ length: 513 }, (_, index) => full((index >> 6) * 2 + 1)),
    ],
    fails("FLOW_CONTROL_ERROR", 17),
  ],
]);

it("section 6.9: gives back what was used on streams that have closed, padding included", async () => {
  const { port } = await serve((stream) => {
    if (stream.path === "/refused") stream.reset();
    else answer(stream);
  });
  const client = await openRaw(port);
  const padded = frame(0, 8, 1, Buffer.concat([Buffer.of(200), Buffer.alloc(16_383)]));
  const updates = async (...sent: Buffer[]) =>
    (await client.reaction(...sent)).filter((line) => line.startsWith("WINDOW_UPDATE 0"));
  await client.reaction(post(1, { ":path": "/refused" }), post(3), resetStream(3));
  const dropped = await updates(...Array(255).fill(data(3, Buffer.alloc(16_384))), padded);
  expect(dropped).toEqual(["WINDOW_UPDATE 0 4194304"]);
  const used = await updates(
    post(5),
    ...Array(255).fill(full(5)),
    frame(0, 8, 5, padded.subarray(9)),
    data(5, "", true),
  );
  expect(used).toEqual(["WINDOW_UPDATE 0 4194304"]);
});

it("section 6.9: gives a stream its window back half by half while its body is read", async () => {
  const { port } = await serve();
  const client = await openRaw(port);
  const lines = await client.reaction(post(1), ...Array(64).fill(full(1)), data(1, "", true));
  expect(lines).toEqual(["WINDOW_UPDATE 1 524288", "WINDOW_UPDATE 1 524288", ...answered(1, 1 << 20)]);
});

it("section 6.9: gives no window for a body that is not read, nor for one that is paused", async () => {
  const { port, streams } = await serve((stream) => {
    if (stream.path === "/silent") return;
    stream.read({ onData: () => stream.pause(), onEnd: () => {} });
  });
  const client = await openRaw(port);
  expect(await client.reaction(post(1, silent), ...Array(64).fill(full(1)))).toEqual([]);
  expect(await client.reaction(post(3), ...Array(64).fill(full(3)))).toEqual([]);
  const pieces: Buffer[] = [];
  streams[0]?.read({ onData: (piece) => pieces.push(piece), onEnd: () => {} });
  expect(Buffer.concat(pieces)).toHaveLength(1 << 20);
  expect(await client.reaction()).toEqual(["WINDOW_UPDATE 1 524288", "WINDOW_UPDATE 1 524288"]);
});

it("section 6.9.1: sends no more than a stream's window, and the rest as it grows", async () => {
  const { client } = await openBodies();
  expect(await client.settled(first(10), get(1, bytes(30)))).toEqual([
    ...["SETTINGS ACK", "HEADERS 1 200", 'DATA 1 "abcdefghij"'],
  ]);
  expect(await client.settled(windowUpdate(1, 3))).toEqual(['DATA 1 "abc"']);
  expect(await client.settled(windowUpdate(1, 1))).toEqual(['DATA 1 "d"']);
  expect(await client.settled(windowUpdate(1, 99))).toEqual(['DATA 1 "efghijabcdefghij" END']);
});

it("section 6.9.1: sends no more than the connection's window, in turns", async () => {
  const { client } = await openBodies();
  expect(await client.settled(get(1, bytes(65_530)), get(3, bytes(20)), get(5, bytes(20)))).toEqual([
    ...["HEADERS 1 200", "DATA 1 16384", "DATA 1 16384", "DATA 1 16384", "DATA 1 16378 END"],
    ...["HEADERS 3 200", "HEADERS 5 200", 'DATA 3 "abcde"'],
  ]);
  expect(await client.settled(windowUpdate(0, 7))).toEqual(['DATA 5 "abcdefg"']);
  const rest = await client.settled(windowUpdate(0, 28));
  expect([...rest].sort()).toEqual(['DATA 3 "fghijabcdefghij" END', 'DATA 5 "hijabcdefghij" END']);
});

it("section 6.9.2: a first window that grows lets streams that are under way send more", async () => {
  const { client } = await openBodies();
  expect(await client.settled(first(0), get(1, bytes(20)))).toEqual(["SETTINGS ACK", "HEADERS 1 200"]);
  expect(await client.settled(first(5))).toEqual(["SETTINGS ACK", 'DATA 1 "abcde"']);
  expect(await client.settled(first(20))).toEqual(["SETTINGS ACK", 'DATA 1 "fghijabcdefghij" END']);
});

it("section 6.9.2: a first window that shrinks takes those of streams below zero", async () => {
  const { client } = await openBodies();
  expect(await client.settled(first(15), get(1, bytes(30)))).toEqual([
    ...["SETTINGS ACK", "HEADERS 1 200", 'DATA 1 "abcdefghijabcde"'],
  ]);
  expect(await client.settled(first(5), windowUpdate(1, 10))).toEqual(["SETTINGS ACK"]);
  expect(await client.settled(windowUpdate(1, 1))).toEqual(['DATA 1 "f"']);
  expect(await client.settled(first(19))).toEqual(["SETTINGS ACK", 'DATA 1 "ghijabcdefghij" END']);
});

it("section 6.9: ends and trailers need no window", async () => {
  const { client } = await openBodies();
  const none = await client.settled(first(0), get(1, bytes(0)), headers(3, fieldsOf(bytes(0))));
  expect(none).toEqual(["SETTINGS ACK", "HEADERS 1 200", 'DATA 1 "" END', "HEADERS 3 200", 'DATA 3 "" END']);
});

it.each([{}, { trailers: { "x-sum": "7" } }])(
  "section 6.9.2: ends a stream whose window is below zero: %j",
  async (ending) => {
    const served = await serve((stream) => {
      stream.start(200, {});
      stream.write(Buffer.from("abcdef"));
    });
    const client = await openRaw(served.port);
    await client.settled(get(1));
    expect(await client.settled(first(0))).toEqual(["SETTINGS ACK"]);
    const stream = served.streams[0] as Stream;
    expect(stream.write(Buffer.alloc(0))).toBe(true);
    stream.end(ending);
    expect(await client.settled()).toEqual(["trailers" in ending ? "HEADERS 1 trailers END" : 'DATA 1 "" END']);
  },
);

it("section 6.9: sends trailers behind what waits for a window", async () => {
  const { client } = await openBodies({}, { trailers: { "x-sum": "7" } });
  expect(await client.settled(first(5), get(1, bytes(10)))).toEqual([
    "SETTINGS ACK",
    "HEADERS 1 200",
    'DATA 1 "abcde"',
  ]);
  expect(await client.settled(windowUpdate(1, 5))).toEqual(['DATA 1 "fghij"', "HEADERS 1 trailers END"]);
});

it("refuses trailers at once that could not be sent later", async () => {
  const { port, streams } = await serve((stream) => stream.start(200, {}));
  const client = await openRaw(port);
  await client.settled(first(0), get(1));
  const ending = { bytes: Buffer.from("x"), trailers: { "x-sum": "a\nb" } };
  expect(() => streams[0]?.end(ending)).toThrow(TypeError);
  streams[0]?.end({ bytes: Buffer.from("x") });
  expect(await client.settled(windowUpdate(1, 1))).toEqual(['DATA 1 "x" END']);
});

it.each([16_384, 20_000, 1 << 20])(
  "section 4.2: sends frames of at most %d bytes where a client allows these",
  async (most) => {
    const { client } = await openBodies();
    const allowed = settings([
      ["maxFrameSize", most],
      ["initialWindowSize", 1 << 20],
    ]);
    await client.settled(allowed, windowUpdate(0, 1 << 20), get(1, bytes(500_000)));
    const sizes = client.frames.filter(({ type }) => type === 0).map(({ payload }) => payload.length);
    expect(Math.max(...sizes)).toBeLessThanOrEqual(most);
    expect(sizes.reduce((sum, size) => sum + size, 0)).toBe(500_000);
  },
);

it("section 4.3.1: says that it keeps no table where a client changes its size", async () => {
  const { client } = await openBodies();
  await client.settled(
    get(1, bytes(0)),
    settings([
      ["headerTableSize", 0],
      ["headerTableSize", 100],
    ]),
    get(3, bytes(0)),
  );
  await client.settled(get(5, bytes(0)));
  const begins = client.frames.filter(({ type }) => type === 1).map(({ payload }) => payload[0]);
  expect(begins).toEqual([0x88, 0x20, 0x88]);
});

it("calls whoever waits to write once there is room, and not after the stream has closed", async () => {
  const events: string[] = [];
  const { port, streams } = await serve((stream) => stream.start(200, {}));
  const client = await openRaw(port);
  await client.settled(first(5), get(1));
  const stream = streams[0] as Stream;
  expect(stream.write(Buffer.from("abcde"))).toBe(true);
  expect(stream.write(Buffer.from("fghij"))).toBe(false);
  stream.onDrain(() => events.push("room"));
  await client.settled(windowUpdate(1, 4));
  expect(events).toEqual([]);
  await client.settled(windowUpdate(1, 1));
  expect(events).toEqual(["room"]);
  expect(stream.write(Buffer.from("klm"))).toBe(false);
  stream.onDrain(() => events.push("room again"));
  await client.settled(resetStream(1));
  stream.onDrain(() => events.push("too late"));
  await client.settled(windowUpdate(0, 1));
  expect(events).toEqual(["room"]);
});
