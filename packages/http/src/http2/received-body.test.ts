import { describe, expect, it } from "vitest";
import type { BodyReader } from "../exchange.ts";
import { preface } from "./protocol.ts";
import { data, fieldsOf, headers, post, resetStream, settings, windowUpdate } from "./test-parts/frames.ts";
import { openMemory } from "./test-parts/memory-connection.ts";
import { openRaw } from "./test-parts/raw-client.ts";
import { type Stream, serve } from "./test-parts/serve.ts";

/** Records what it is handed. */
function recorder(): BodyReader & { readonly events: string[] } {
  const events: string[] = [];
  return { events, onData: (bytes) => events.push(bytes.toString()), onEnd: () => events.push("end") };
}

/** Opens a request whose handler does nothing by itself. */
async function openPost(first = post(1)) {
  const served = await serve(() => {});
  const client = await openRaw(served.port);
  const before = await client.reaction(first);
  const stream = served.streams[0] as Stream;
  return { served, client, stream, before };
}

it("hands over what came before it was read, and then its end", async () => {
  const { client, stream } = await openPost();
  await client.reaction(data(1, "a"), data(1, "b"), data(1, "c".repeat(200)), data(1, "d", true));
  const reader = recorder();
  stream.read(reader);
  expect(reader.events.join("")).toBe(`ab${"c".repeat(200)}dend`);
});

it("tells the end once, however often it is resumed", async () => {
  const { client, stream } = await openPost();
  const reader = recorder();
  stream.read(reader);
  await client.reaction(data(1, "a", true));
  stream.pause();
  stream.resume();
  stream.resume();
  expect(reader.events).toEqual(["a", "end"]);
});

it("hands nothing over while it is paused, not even the end", async () => {
  const { client, stream } = await openPost();
  const reader = recorder();
  stream.read(reader);
  await client.reaction(data(1, "a"));
  stream.pause();
  await client.reaction(data(1, "b"), data(1, "c", true));
  expect(reader.events).toEqual(["a"]);
  stream.resume();
  expect(reader.events).toEqual(["a", "bc", "end"]);
});

it("may be paused and resumed by whoever takes its bytes", async () => {
  const { client, stream } = await openPost();
  await client.reaction(...["1", "2", "3"].map((text) => data(1, text.repeat(4096))), data(1, "4", true));
  const events: string[] = [];
  stream.read({
    onData: (bytes) => {
      events.push(bytes.toString("latin1", 0, 1));
      stream.pause();
      if (events.length !== 2) stream.resume();
    },
    onEnd: () => events.push("end"),
  });
  expect(events).toEqual(["1", "2"]);
  stream.resume();
  expect(events).toEqual(["1", "2", "3", "4", "end"]);
});

it("keeps bytes that are handed over as they are", async () => {
  const { client, stream } = await openPost();
  await client.reaction(data(1, "a".repeat(4000)));
  const pieces: Buffer[] = [];
  stream.read({ onData: (bytes) => pieces.push(bytes), onEnd: () => {} });
  stream.pause();
  for (let i = 0; i < 50; i++) await client.reaction(data(1, "b".repeat(3)));
  stream.resume();
  await client.reaction(data(1, "c", true));
  expect(Buffer.concat(pieces).toString()).toBe(`${"a".repeat(4000)}${"b".repeat(150)}c`);
});

it("hands nothing over once its stream has closed", async () => {
  const { client, stream } = await openPost();
  await client.reaction(data(1, "a"), resetStream(1));
  const reader = recorder();
  stream.read(reader);
  expect(reader.events).toEqual([]);
  expect(stream.isClosed).toBe(true);
});

it("asks for a body that is expected to be asked for, once", async () => {
  const { client, stream, before } = await openPost(post(1, { expect: "100-Continue" }));
  expect(before).toEqual([]);
  stream.read(recorder());
  expect(await client.reaction()).toEqual(["HEADERS 1 100"]);
});

it("asks for no body after the client has gone", async () => {
  const { client, stream } = await openPost(post(1, { expect: "100-continue" }));
  await client.reaction(resetStream(1));
  stream.read(recorder());
  expect(await client.reaction()).toEqual([]);
});

it("asks for no body that is there already", async () => {
  const { client, stream } = await openPost(headers(1, fieldsOf({ expect: "100-continue" })));
  const reader = recorder();
  stream.read(reader);
  expect(await client.reaction()).toEqual([]);
  expect(reader.events).toEqual(["end"]);
});

it("hands nothing over once the answer has ended, though some of that waits to be sent", async () => {
  const { client, stream, served } = await openPost(Buffer.concat([settings([["initialWindowSize", 0]]), post(1)]));
  const reader = recorder();
  stream.read(reader);
  stream.start(413, {});
  stream.end({ bytes: Buffer.from("too much") });
  const lines = await client.settled(...Array(64).fill(data(1, Buffer.alloc(16_384))));
  expect(lines).toEqual(["HEADERS 1 413"]);
  expect(reader.events).toEqual([]);
  expect(await client.settled(windowUpdate(1, 8))).toEqual(['DATA 1 "too much" END', "RST_STREAM 1 NO_ERROR"]);
  expect(served.openStreams()).toBe(0);
});

describe("memory that bytes came in", () => {
  const large = Buffer.alloc(16_384, "x");
  /** Hands over DATA in one piece of memory, to readers that do or do not need it any longer; gives that memory. */
  async function receive(...hasLetGo: boolean[]): Promise<Buffer> {
    const open = openMemory((stream) => {
      const [letsGo = false] = hasLetGo.splice(0, 1);
      stream.read({ hasLetGo: letsGo, onData: () => {}, onEnd: () => {} });
    });
    await open.send(Buffer.concat([preface, settings(), post(1), post(3)]));
    const chunk = Buffer.from(new Uint8Array(Buffer.concat([data(1, large), data(3, large), data(3, large)])).buffer);
    await open.send(chunk);
    expect(await open.isAnswering()).toBe(true);
    await open.close();
    return chunk;
  }

  it("is given back once every reader has let go of it", async () => {
    expect(await receive(true, true)).toHaveLength(0);
  });

  it.each([
    [false, true],
    [true, false],
  ])("stays while a reader needs it", async (first, second) => {
    const chunk = await receive(first, second);
    expect(chunk.subarray(9, 9 + large.length).equals(large)).toBe(true);
  });
});
