import { describe, expect, it } from "vitest";
import { answered } from "./test-parts/describe-rules.ts";
import { data, get, post, resetStream, settings, windowUpdate } from "./test-parts/frames.ts";
import { openRaw } from "./test-parts/raw-client.ts";
import { answer, type Stream, serve } from "./test-parts/serve.ts";

const fault = new Error("thrown on purpose");
const throwIt = () => {
  throw fault;
};
const nothing = () => {};

/** Opens a connection on which requests of `/throws` are served by what is given, and others are answered. */
async function open(handler: (stream: Stream) => void) {
  const served = await serve((stream) => (stream.path === "/throws" ? handler(stream) : answer(stream)));
  return { served, client: await openRaw(served.port) };
}

const throws = { ":path": "/throws" };

/** The lines for an answer that says that the server failed. */
const failed = (id: number) => [`HEADERS ${id} 500`, `DATA ${id} "the server failed\\n" END`];

describe("what throws ends its stream with 500 where nothing was answered", () => {
  it.each<[string, (stream: Stream) => void]>([
    ["a handler", throwIt],
    ["a handler that answers with a field that is none", (stream) => stream.start(200, { "x-note": "a\r\nb" })],
    ["who takes the bytes of a body", (stream) => stream.read({ onData: throwIt, onEnd: nothing })],
    ["who hears of its end", (stream) => stream.read({ onData: nothing, onEnd: throwIt })],
    ["who reads it later", (stream) => setImmediate(() => stream.read({ onData: throwIt, onEnd: nothing }))],
  ])("%s", async (_what, handler) => {
    const { served, client } = await open(handler);
    const lines = await client.settled(post(1), post(3, throws), data(3, "x", true), data(1, "abc", true));
    expect(lines.filter((line) => line.includes(" 1 "))).toEqual(answered(1, 3));
    expect(lines.filter((line) => line.includes(" 3 ") && !line.startsWith("RST_STREAM"))).toEqual(failed(3));
    expect(served.faults).toEqual([expect.any(Error)]);
    expect([...served.closings.values()]).toEqual([1, 1]);
    expect(served.openStreams()).toBe(0);
    expect(await client.reaction(get(5))).toEqual(answered(5));
  });
});

describe("what throws breaks an answer off that has begun", () => {
  it.each<[string, (stream: Stream) => void]>([
    ["a handler", throwIt],
    ["who takes the bytes of a body", (stream) => stream.read({ onData: throwIt, onEnd: nothing })],
    ["who waits for room", (stream) => stream.onDrain(throwIt)],
  ])("%s", async (_what, handler) => {
    const { served, client } = await open((stream) => {
      stream.start(200, {});
      handler(stream);
    });
    expect(await client.settled(post(1, throws), data(1, "x"), get(3))).toEqual(
      expect.arrayContaining(["HEADERS 1 200", "RST_STREAM 1 INTERNAL_ERROR", ...answered(3)]),
    );
    expect(served.faults).toEqual([fault]);
    expect([...served.closings.values()]).toEqual([1, 1]);
  });
});

it("sends an answer that was ended before something threw", async () => {
  const { served, client } = await open((stream) => {
    stream.start(200, {});
    stream.end({ bytes: Buffer.from("whole") });
    throwIt();
  });
  await client.reaction(settings([["initialWindowSize", 0]]), get(1, throws));
  expect(await client.settled(windowUpdate(1, 5))).toEqual(['DATA 1 "whole" END']);
  expect(served.faults).toEqual([fault]);
});

it("calls each of those who wait for the end, and tells of each that throws", async () => {
  const calls: string[] = [];
  const { served, client } = await open((stream) => {
    stream.onClose(throwIt);
    stream.onClose(() => calls.push("second"));
  });
  await client.reaction(get(1, throws), get(3, throws));
  await client.reaction(resetStream(1));
  client.socket.resetAndDestroy();
  await expect.poll(() => calls).toEqual(["second", "second"]);
  expect(served.faults).toEqual([fault, fault]);
});
