import { afterEach, expect, it, vi } from "vitest";
import type { Http2Limits } from "./limits.ts";
import { preface } from "./protocol.ts";
import { describeFrame } from "./test-parts/describe-frame.ts";
import { answered, fails } from "./test-parts/describe-rules.ts";
import {
  data,
  frame,
  get,
  opening,
  ping,
  post,
  resetStream,
  settings,
  settingsAck,
  windowUpdate,
} from "./test-parts/frames.ts";
import { connectRaw, openRaw } from "./test-parts/raw-client.ts";
import { answer, type Stream, serve } from "./test-parts/serve.ts";

afterEach(() => void vi.useRealTimers());

/** Whoever waits for a time that has passed is woken by `vi.advanceTimersByTime` from here on. */
const stopClock = () => vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout"] });

const openingLines = ["SETTINGS", "WINDOW_UPDATE 0 8323073"];

const faultyOpenings: readonly (readonly [string, Buffer, readonly string[]])[] = [
  ["no preface", Buffer.from("GET / HTTP/1.1\r\n\r\n"), fails("PROTOCOL_ERROR")],
  ["a preface of which the end is wrong", Buffer.from("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\r"), fails("PROTOCOL_ERROR")],
  ["frames without a preface", settings(), fails("PROTOCOL_ERROR")],
  ["a first frame that is a request", Buffer.concat([preface, get(1)]), fails("PROTOCOL_ERROR")],
  ["a first frame of DATA", Buffer.concat([preface, data(0, "")]), fails("PROTOCOL_ERROR")],
  ["a first frame of no known type", Buffer.concat([preface, frame(22, 0, 0)]), fails("PROTOCOL_ERROR")],
  ["a first frame that acknowledges", Buffer.concat([preface, settingsAck]), fails("PROTOCOL_ERROR")],
  ["settings out of range", Buffer.concat([preface, settings([["maxFrameSize", 1]])]), fails("PROTOCOL_ERROR")],
];

it.each(faultyOpenings)("section 3.4: refuses %s", async (_what, bytes, lines) => {
  const { port } = await serve();
  const client = await connectRaw(port, bytes);
  expect([...(await client.ended()).map(describeFrame), "closed"]).toEqual([...openingLines, ...lines]);
});

it("section 3.4: begins with settings and serves requests that come with the preface", async () => {
  const { port } = await serve();
  const client = await connectRaw(port, Buffer.concat([opening, get(1)]));
  expect(await client.reaction(settingsAck)).toEqual([...openingLines, "SETTINGS ACK", ...answered(1)]);
});

it("section 3.4: takes a preface byte by byte", async () => {
  const { port } = await serve();
  const client = await connectRaw(port, Buffer.alloc(0));
  for (const byte of Buffer.concat([opening, get(1)])) {
    client.socket.write(Buffer.of(byte));
    await new Promise((resolve) => setImmediate(resolve));
  }
  expect(await client.reaction()).toEqual([...openingLines, "SETTINGS ACK", ...answered(1)]);
});

it("section 6.5: tells its limits", async () => {
  const { port } = await serve(answer, { maxStreams: 7, streamWindowBytes: 70_000, maxHeaderListBytes: 999 });
  const client = await connectRaw(port);
  const first = await client.next();
  expect(first?.payload.toString("hex")).toBe("000300000007" + "000400011170" + "0006000003e7");
});

it("section 6.9.2: leaves the window of a connection as it is where it need not be larger", async () => {
  const { port } = await serve(answer, { connectionWindowBytes: 65_535 });
  const client = await connectRaw(port);
  expect(await client.reaction(post(1), data(1, "x", true))).toEqual(["SETTINGS", "SETTINGS ACK", ...answered(1, 1)]);
});

it("section 6.7: acknowledges each ping with what it said, in order", async () => {
  const { port } = await serve();
  const client = await openRaw(port);
  await client.reaction(ping("the 1st!"), ping("the 2nd!"));
  expect(client.frames.slice(-3, -1).map(({ payload, flags }) => `${payload} ${flags}`)).toEqual([
    "the 1st! 1",
    "the 2nd! 1",
  ]);
});

/** Serves requests that are answered when the test wants it. */
async function openHeld(limits: Partial<Http2Limits> = {}) {
  const served = await serve(() => {}, limits);
  const client = await openRaw(served.port);
  await client.reaction(get(1));
  return { served, client, stream: served.streams[0] as Stream, close: () => served.connections[0]?.leave() };
}

it("section 6.8: ends a connection after its last stream, and begins none meanwhile", async () => {
  const { client, stream, close } = await openHeld();
  close();
  close();
  expect(await client.reaction(get(3))).toEqual(["GOAWAY NO_ERROR after 1", "RST_STREAM 3 REFUSED_STREAM"]);
  stream.start(200, {});
  stream.end({ bytes: Buffer.from("at last") });
  expect((await client.ended()).map(describeFrame)).toEqual(["HEADERS 1 200", 'DATA 1 "at last" END']);
});

it("section 6.8: ends a connection on which there is no stream at once", async () => {
  const { client, stream, close } = await openHeld();
  stream.start(200, {});
  stream.end({});
  close();
  const lines = (await client.ended()).map(describeFrame);
  expect(lines).toEqual(["HEADERS 1 200", 'DATA 1 "" END', "GOAWAY NO_ERROR after 1"]);
});

it("section 6.8: ends a connection when its client calls the last stream off", async () => {
  const { client, close } = await openHeld();
  close();
  client.send(resetStream(1));
  expect((await client.ended()).map(describeFrame)).toEqual(["GOAWAY NO_ERROR after 1"]);
});

it("section 6.8: never tells of a later last stream than before", async () => {
  const { client, close } = await openHeld();
  close();
  const lines = await client.reaction(get(3), get(5), data(0, ""));
  expect(lines).toEqual([
    "GOAWAY NO_ERROR after 1",
    "RST_STREAM 3 REFUSED_STREAM",
    "RST_STREAM 5 REFUSED_STREAM",
    ...fails("PROTOCOL_ERROR", 1),
  ]);
});

it("section 6.8: refuses any number of requests that crossed its goodbye", async () => {
  const { client, stream, close } = await openHeld();
  close();
  const late = Array.from({ length: 3000 }, (_, index) => get(3 + index * 2));
  const lines = await client.reaction(...late);
  expect(lines).toHaveLength(3001);
  expect(lines.at(-1)).toBe("RST_STREAM 6001 REFUSED_STREAM");
  expect(stream.isClosed).toBe(false);
});

it("section 6.8: sends the end of an answer to a client that takes its time", async () => {
  const { client, stream, close, served } = await openHeld({ backlogBytes: 32 << 20 });
  await client.reaction(settings([["initialWindowSize", 1 << 24]]), windowUpdate(0, 1 << 24));
  client.socket.pause();
  stopClock();
  stream.start(200, {});
  stream.end({ bytes: Buffer.alloc(16 << 20, "x") });
  close();
  expect(served.openStreams()).toBe(0);
  vi.advanceTimersByTime(60_000);
  client.socket.resume();
  const frames = (await client.ended()).filter(({ type }) => type === 0);
  expect(frames.reduce((sum, { payload }) => sum + payload.length, 0)).toBe(16 << 20);
  expect(frames.at(-1)?.flags).toBe(1);
});

it("section 9.1: ends its streams when the client ends the connection, and ends it too", async () => {
  const { client, stream, served } = await openHeld();
  client.socket.end();
  await client.ended();
  await expect.poll(() => stream.isClosed).toBe(true);
  expect([...served.closings.values()]).toEqual([1]);
});

it("section 9.1: ends its streams when the connection breaks", async () => {
  const { client, stream, served } = await openHeld();
  client.socket.resetAndDestroy();
  await expect.poll(() => stream.isClosed).toBe(true);
  expect([...served.closings.values()]).toEqual([1]);
  stream.start(200, {});
  expect(stream.write(Buffer.from("x"))).toBe(false);
  stream.end({});
  stream.reset();
});

it("section 5.4.1: waits for a client that fails no longer than a second", async () => {
  stopClock();
  const { port, sockets } = await serve();
  const client = await connectRaw(port, Buffer.concat([opening, data(0, "")]));
  client.socket.allowHalfOpen = true;
  await client.ended();
  client.send(Buffer.alloc(100_000));
  expect(sockets.map(({ destroyed }) => destroyed)).toEqual([false]);
  vi.advanceTimersByTime(1000);
  expect(sockets.map(({ destroyed }) => destroyed)).toEqual([true]);
});

it("section 5.4.1: ends every stream of a connection that fails", async () => {
  const { client, stream, served } = await openHeld();
  expect(await client.reaction(get(3), data(0, ""))).toEqual(fails("PROTOCOL_ERROR", 3));
  expect(stream.isClosed).toBe(true);
  expect([...served.closings.values()]).toEqual([1, 1]);
  expect(served.openStreams()).toBe(0);
});
