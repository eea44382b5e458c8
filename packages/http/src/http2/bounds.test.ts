import { expect, it } from "vitest";
import { fieldsIn } from "./test-parts/describe-frame.ts";
import { answered } from "./test-parts/describe-rules.ts";
import { block, data, fieldsOf, get, headers, post, resetStream, settings, windowUpdate } from "./test-parts/frames.ts";
import { openRaw } from "./test-parts/raw-client.ts";
import { answer, type Stream, serve } from "./test-parts/serve.ts";

const noWindow = settings([["initialWindowSize", 0]]);

/** Answers with 1000 bytes, whoever takes them. */
const answerMuch = (stream: Stream) => {
  stream.start(200, {});
  stream.end({ bytes: Buffer.alloc(1000) });
};

it("holds no more of answers that nobody lets it send than the limit and one answer", async () => {
  const served = await serve(answerMuch, { maxHeldBytes: 2500 });
  const client = await openRaw(served.port);
  const ids = [1, 3, 5, 7, 9];
  const lines = await client.reaction(noWindow, ...ids.map((id) => get(id)));
  expect(lines).toEqual([
    ...["SETTINGS ACK", "HEADERS 1 200", "HEADERS 3 200", "HEADERS 5 200"],
    ...["RST_STREAM 7 REFUSED_STREAM", "RST_STREAM 9 REFUSED_STREAM"],
  ]);
  expect(served.openStreams()).toBe(3);
  // What is called off, and what is let go, makes room.
  expect(await client.reaction(resetStream(1), get(11))).toEqual(["HEADERS 11 200"]);
  expect(await client.settled(windowUpdate(3, 1000), get(13))).toEqual([
    "RST_STREAM 13 REFUSED_STREAM",
    "DATA 3 1000 END",
  ]);
  expect(await client.reaction(get(15))).toEqual(["HEADERS 15 200"]);
});

it("breaks answers off that would have to be held beyond the limit, not those that end", async () => {
  const { port, streams, closings } = await serve((stream) => stream.start(200, {}), { maxHeldBytes: 2500 });
  const client = await openRaw(port);
  await client.reaction(noWindow, get(1), get(3), get(5));
  const [first, second, third] = streams as [Stream, Stream, Stream];
  for (let i = 0; i < 3; i++) expect(first.write(Buffer.alloc(1000))).toBe(false);
  expect(second.write(Buffer.alloc(1))).toBe(false);
  expect(second.isClosed).toBe(true);
  first.end({});
  third.end({});
  expect(await client.reaction()).toEqual(["RST_STREAM 3 ENHANCE_YOUR_CALM", 'DATA 5 "" END']);
  expect(first.isClosed).toBe(false);
  expect(streams.map((stream) => closings.get(stream))).toEqual([undefined, 1, 1]);
});

it("holds an answer in pieces that began within the limit as it does one in one piece", async () => {
  const pieces = Array.from({ length: 4 }, () => Buffer.alloc(1000));
  const { port } = await serve(
    (stream) => {
      stream.start(200, {});
      stream.writeAll(pieces);
      stream.end({ trailers: { "x-sum": "7" } });
    },
    { maxHeldBytes: 2500 },
  );
  const client = await openRaw(port);
  expect(await client.reaction(noWindow, get(1))).toEqual(["SETTINGS ACK", "HEADERS 1 200"]);
  const whole = [...pieces.map(() => "DATA 1 1000"), "HEADERS 1 trailers END"];
  expect(await client.settled(windowUpdate(1, 4000))).toEqual(whole);
});

it("reads nothing more from a client that does not read its answers, until it does", async () => {
  const backlogBytes = 256 * 1024;
  const served = await serve(answerMuch, { backlogBytes });
  const client = await openRaw(served.port);
  const [socket] = served.sockets;
  // What the client allows is no bound, nor what the systems between take.
  client.send(settings([["initialWindowSize", 1 << 30]]), windowUpdate(0, 1 << 30));
  client.socket.pause();
  let asked = 0;
  const ask = async () => {
    for (let i = 0; i < 1000; i++) client.send(get(1 + 2 * asked++));
    await new Promise((resolve) => setImmediate(resolve));
  };
  while (socket?.isPaused() !== true) await ask();
  const before = served.streams.length;
  await ask();
  await ask();
  expect(served.streams).toHaveLength(before);
  expect(before).toBeLessThan(asked);
  // A chunk of requests is read as a whole, of which each has at least 40 bytes, and is answered with 1100.
  expect(socket.writableLength).toBeLessThan(backlogBytes + (65_536 / 40) * 1100);
  client.socket.resume();
  const ends = await client.until(
    ({ streamId, flags, type }) => type === 0 && flags === 1 && streamId === asked * 2 - 1,
  );
  expect(ends.filter(({ type, flags }) => type === 0 && flags === 1)).toHaveLength(asked);
});

it("keeps no more of bodies that nobody reads than the connection's window, and gives it back with the streams", async () => {
  const served = await serve(() => {}, { connectionWindowBytes: 100_000 });
  const client = await openRaw(served.port);
  const whole = Buffer.alloc(16_384);
  const bodies = [1, 3, 5].flatMap((id) => [post(id), data(id, whole), data(id, whole)]);
  expect(await client.reaction(...bodies)).toEqual([]);
  expect(await client.reaction(resetStream(1), resetStream(3))).toEqual([
    expect.stringMatching(/^WINDOW_UPDATE 0 65\d+$/),
  ]);
  expect(await client.reaction(data(5, whole), data(5, whole), data(5, whole))).toEqual([]);
  expect((await client.reaction(data(5, whole), data(5, whole))).join("\n")).toMatch(/FLOW_CONTROL_ERROR/);
});

it("keeps of a head that is packed small and unpacked too large no more than the limit", async () => {
  const { port, streams } = await serve(answer, { maxHeaderListBytes: 10_000 });
  const client = await openRaw(port);
  const value = "x".repeat(3000);
  // Puts a large field into the table (RFC 7541, section 6.2.1), and names it a thousand times: 3 MB.
  const literal = block([["x-bomb", value]]);
  const indexed = Buffer.concat([Buffer.of(0x40), literal.subarray(1)]);
  expect(await client.reaction(headers(1, Buffer.concat([block(fieldsOf()), indexed])))).toEqual(answered(1));
  const bomb = Buffer.concat([block(fieldsOf()), Buffer.alloc(1000, 0x80 | 62)]);
  expect((await client.reaction(headers(3, bomb)))[0]).toBe("HEADERS 3 431");
  const twice = Buffer.concat([block(fieldsOf()), Buffer.alloc(2, 0x80 | 62)]);
  expect(await client.reaction(headers(5, twice))).toEqual(answered(5));
  expect(streams).toHaveLength(2);
  expect(streams[1]?.headers["x-bomb"]).toBe(`${value}, ${value}`);
});

it("tells a client why its head is too large, though that came in parts", async () => {
  const { port } = await serve(answer, { maxHeaderListBytes: 1000 });
  const client = await openRaw(port);
  await client.reaction(get(1, { "x-name": "x".repeat(1500) }));
  const head = client.frames.find(({ type, streamId }) => type === 1 && streamId === 1);
  expect(Object.fromEntries(fieldsIn(head?.payload ?? Buffer.alloc(0)))).toMatchObject({ ":status": "431" });
});
