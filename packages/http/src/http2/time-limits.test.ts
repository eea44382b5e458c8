import type { Socket } from "node:net";
import { Duplex } from "node:stream";
import { describe, expect, it } from "vitest";
import { defaultLimits } from "./limits.ts";
import { preface } from "./protocol.ts";
import { serveConnection } from "./serve-connection.ts";
import { describeFrame } from "./test-parts/describe-frame.ts";
import { answered, fails } from "./test-parts/describe-rules.ts";
import {
  continuation,
  data,
  fieldsOf,
  frame,
  get,
  headers,
  opening,
  post,
  settings,
  settingsAck,
  windowUpdate,
} from "./test-parts/frames.ts";
import { createManualPulse } from "./test-parts/manual-pulse.ts";
import { openMemory } from "./test-parts/memory-connection.ts";
import { connectRaw, openRaw, type RawClient } from "./test-parts/raw-client.ts";
import { answer, type Served, type Stream, serve } from "./test-parts/serve.ts";

/** All that comes until the connection ends. */
const lastWords = async (client: RawClient) => [...(await client.ended()).map(describeFrame), "closed"];

/** Opens a connection on which the server waits for nothing any more. */
async function open(handler: (stream: Stream) => void = answer) {
  const served = await serve(handler);
  const client = await openRaw(served.port);
  await client.reaction(settingsAck);
  return { served, client };
}

/** Sends what is answered by nothing, and waits until the server has it. */
async function reach({ sockets }: Served, client: RawClient, bytes: Buffer): Promise<void> {
  const before = sockets[0]?.bytesRead ?? 0;
  client.send(bytes);
  await expect.poll(() => sockets[0]?.bytesRead, { interval: 1 }).toBe(before + bytes.length);
}

/** Lets as many seconds pass as a client may take, and then one more. */
function expectEndAfter(seconds: number, { pulse, connections }: Served): void {
  // The first beat sees what there is; from then on it must change.
  pulse.beat(seconds);
  expect(connections[0]?.isOver).toBe(false);
  pulse.beat();
}

describe("a connection that does not open", () => {
  it.each([
    ["nothing", Buffer.alloc(0)],
    ["half a preface", preface.subarray(0, 20)],
    ["no settings", preface],
    ["half of its settings", opening.subarray(0, -3)],
  ])("since %s comes", async (_what, bytes) => {
    const served = await serve();
    const client = await connectRaw(served.port, bytes);
    await expect.poll(() => served.sockets[0]?.bytesRead).toBe(bytes.length);
    expectEndAfter(10, served);
    expect((await lastWords(client)).slice(2)).toEqual(fails("PROTOCOL_ERROR"));
    await expect.poll(() => served.pulse.followers).toBe(0);
  });

  it("since the server's settings are not acknowledged (RFC 9113, section 6.5.3)", async () => {
    const served = await serve();
    const client = await openRaw(served.port);
    expectEndAfter(60, served);
    expect(await lastWords(client)).toEqual(fails("SETTINGS_TIMEOUT"));
  });
});

describe("a head that does not end", () => {
  const begun = headers(1, fieldsOf(), { isWhole: false });
  const ends: readonly (readonly [string, Buffer, Buffer])[] = [
    ["of which one part comes after the other", begun, continuation(1, Buffer.alloc(0), false)],
    ["whose first frame comes byte by byte", frame(1, 4, 1, Buffer.alloc(1000)).subarray(0, 20), Buffer.of(0)],
    ["of which nothing comes but the beginning of a frame", Buffer.of(0, 0), Buffer.alloc(0)],
  ];
  it.each(ends)("%s", async (_what, first, again) => {
    const { served, client } = await open();
    for (let second = 0; second <= 60; second++) {
      await reach(served, client, second === 0 ? first : again);
      served.pulse.beat();
      expect(served.connections[0]?.isOver).toBe(second === 60);
    }
    expect(await lastWords(client)).toEqual(fails("ENHANCE_YOUR_CALM"));
  });

  it("and many that each do, one always under way", async () => {
    const { served, client } = await open();
    for (let turn = 0; turn < 5; turn++) {
      const id = 1 + turn * 2;
      await reach(served, client, headers(id, fieldsOf(), { isWhole: false }));
      served.pulse.beat(55);
      expect(await client.reaction(continuation(id, Buffer.alloc(0)))).toEqual(answered(id));
    }
  });
});

describe("a request that does not end", () => {
  const late = (id: number) => [
    ...[`HEADERS ${id} 408`, `DATA ${id} "the request did not come to its end in time\\n" END`],
    `RST_STREAM ${id} NO_ERROR`,
  ];

  it("is answered with 408 when nothing comes of it for a while, and others go on", async () => {
    const { served, client } = await open();
    await client.reaction(post(1), data(1, "some"));
    served.pulse.beat(60);
    expect(await client.reaction(post(3))).toEqual([]);
    served.pulse.beat();
    expect(await client.reaction(data(1, "late", true), data(3, "abc", true))).toEqual([...late(1), ...answered(3, 3)]);
    expect([...served.closings.values()]).toEqual([1, 1]);
  });

  it("is answered with 408 when it comes byte by byte for too long", async () => {
    const { served, client } = await open();
    await client.reaction(post(1));
    for (let minute = 0; minute < 6; minute++) {
      served.pulse.beat(50);
      expect(await client.reaction(data(1, "x"))).toEqual([]);
    }
    served.pulse.beat();
    expect(await client.reaction()).toEqual(late(1));
    expect(served.openStreams()).toBe(0);
  });

  it("comes as slowly as it likes where the server does not want it", async () => {
    const paused = (stream: Stream) => {
      stream.read({ onData: () => {}, onEnd: () => {} });
      stream.pause();
    };
    for (const handler of [() => {}, paused]) {
      const { served, client } = await open(handler);
      await client.reaction(post(1), data(1, "some"));
      for (let minute = 0; minute < 60; minute++) {
        served.pulse.beat(60);
        expect(await client.reaction()).toEqual([]);
      }
      expect(served.streams[0]?.isClosed).toBe(false);
      // As soon as it does, there is a limit.
      served.streams[0]?.read({ onData: () => {}, onEnd: () => {} });
      served.streams[0]?.resume();
      served.pulse.beat(30);
      await client.reaction();
      served.pulse.beat(31);
      expect(await client.reaction()).toEqual(late(1));
    }
  });
});

describe("an answer that has begun and not ended stays as long as its client is there", () => {
  /** Answers each ping that the server sends by itself, for so many hours. */
  async function passHours(hours: number, { served, client }: Awaited<ReturnType<typeof open>>): Promise<void> {
    for (let minute = 0; minute < hours * 60; minute++) {
      served.pulse.beat(61);
      const [question] = await client.until(({ type, flags }) => type === 6 && flags === 0);
      expect(question?.type).toBe(6);
      await client.reaction(frame(6, 1, 0, question?.payload));
    }
  }

  it("though the client says nothing, or never ends its request", async () => {
    const opened = await open((stream) => {
      stream.start(200, {});
      stream.read({ onData: (bytes) => void stream.write(bytes), onEnd: () => stream.end({}) });
    });
    const { client, served } = opened;
    await client.reaction(post(1), get(3), get(5), post(7));
    await passHours(4, opened);
    expect(await client.reaction(data(1, "still here"), data(7, "me too", true))).toEqual([
      ...['DATA 1 "still here"', 'DATA 7 "me too"', 'DATA 7 "" END'],
    ]);
    expect(served.openStreams()).toBe(1);
  });

  it("though the client takes nothing of it", async () => {
    const opened = await open((stream) => {
      stream.start(200, {});
      stream.write(Buffer.from("event"));
    });
    await opened.client.reaction(settings([["initialWindowSize", 0]]), get(1));
    await passHours(4, opened);
    expect(await opened.client.settled(windowUpdate(1, 100))).toEqual(['DATA 1 "event"']);
  });
});

describe("a client that says nothing", () => {
  it("is asked whether it is there, and is gone if it does not answer", async () => {
    const { served, client } = await open((stream) => stream.start(200, {}));
    await client.reaction(get(1), get(3));
    served.pulse.beat(61);
    expectEndAfter(19, served);
    expect([...served.closings.values()]).toEqual([1, 1]);
    expect(await lastWords(client)).toEqual(["PING", ...fails("NO_ERROR", 3)]);
  });

  it("is not asked where there is no limit", async () => {
    const served = await serve((stream) => stream.start(200, {}), { pingIntervalMs: Number.POSITIVE_INFINITY });
    const client = await openRaw(served.port);
    await client.reaction(settingsAck, get(1));
    served.pulse.beat(100_000);
    expect(await client.reaction()).toEqual([]);
    expect(served.streams[0]?.isClosed).toBe(false);
  });

  it("and has no streams is bidden farewell, whatever else it says", async () => {
    const { served, client } = await open();
    await client.reaction(get(1));
    served.pulse.beat(899);
    expect(await client.reaction(get(3))).toEqual(answered(3));
    for (let minute = 0; minute < 15; minute++) {
      served.pulse.beat(60);
      expect(await client.reaction(windowUpdate(0, 1))).toEqual([]);
    }
    served.pulse.beat();
    expect(await lastWords(client)).toEqual(["GOAWAY NO_ERROR after 3", "closed"]);
    await expect.poll(() => served.pulse.followers).toBe(0);
  });
});

describe("what is sent and not taken", () => {
  it("ends an answer that has ended and has no room, unless there is more room now and then", async () => {
    const { served, client } = await open((stream) => {
      stream.start(200, {});
      stream.end({ bytes: Buffer.alloc(1 << 20) });
    });
    await client.reaction(settings([["initialWindowSize", 0]]), get(1), get(3), get(5));
    const lines: string[] = [];
    for (let minute = 0; minute < 5; minute++) {
      served.pulse.beat(30);
      // A byte now and then is not enough.
      lines.push(...(await client.settled(windowUpdate(3, 1), windowUpdate(5, 1024))));
    }
    expect(lines.filter((line) => line.startsWith("RST"))).toEqual(["RST_STREAM 1 CANCEL", "RST_STREAM 3 CANCEL"]);
    expect(served.openStreams()).toBe(1);
  });

  it("ends a connection that takes nothing, and none that takes something now and then", async () => {
    const waiting: (() => void)[] = [];
    const socket = new Duplex({ read() {}, write: (_chunk, _encoding, taken) => void waiting.push(taken) });
    const pulse = createManualPulse();
    let closings = 0;
    const onExchange = (stream: Stream) => {
      stream.onClose(() => closings++);
      stream.start(200, {});
      stream.write(Buffer.alloc(60_000));
    };
    // What the engine asks of a socket is what any duplex stream has.
    const options = { onExchange, onFault: (error: unknown) => expect.fail(String(error)), limits: defaultLimits };
    const connection = serveConnection(socket as unknown as Socket, options, pulse);
    const say = async (bytes: Buffer) => {
      socket.push(bytes);
      await new Promise((resolve) => setImmediate(resolve));
    };
    await say(Buffer.concat([opening, settingsAck, get(1)]));
    for (let piece = 0; piece < 3; piece++) {
      pulse.beat(50);
      await say(windowUpdate(0, 1));
      waiting.shift()?.();
      await say(windowUpdate(0, 1));
    }
    expect(waiting).toHaveLength(1);
    pulse.beat(40);
    await say(windowUpdate(0, 1));
    expect([connection.isOver, closings]).toEqual([false, 0]);
    pulse.beat(21);
    expect([connection.isOver, closings]).toEqual([true, 1]);
  });

  it("ends a connection that takes its goodbye no more", async () => {
    const opened = openMemory((stream) => {
      stream.start(200, {});
      stream.end({ bytes: Buffer.alloc(60_000) });
    });
    const { connection, pulse, client } = opened;
    client.pause();
    await opened.send(Buffer.concat([opening, settingsAck, get(1)]));
    connection.leave();
    pulse.beat(60);
    expect([connection.socket.destroyed, connection.isOver]).toEqual([false, true]);
    pulse.beat();
    expect(connection.socket.destroyed).toBe(true);
  });
});
