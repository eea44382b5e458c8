import { expect, it } from "vitest";
import { data, get, ping, post, resetStream, windowUpdate } from "./test-parts/frames.ts";
import { openRaw } from "./test-parts/raw-client.ts";
import { answer, serve } from "./test-parts/serve.ts";

/** The usual limits, but that nothing is forgotten with time: what a client may do here it may do at any speed. */
const limits = { resets: { burst: 1000, perSecond: 0 }, oddities: { burst: 10_000, perSecond: 0 } };

const turns = (count: number) => Array.from({ length: count }, (_, index) => index);

it("bears ten thousand calls of a client that says all that it may with each", async () => {
  const served = await serve(answer, limits);
  const client = await openRaw(served.port);
  for (const turn of turns(100)) {
    const calls = turns(100).flatMap((index) => {
      const id = 1 + (turn * 100 + index) * 2;
      return [
        post(id),
        windowUpdate(id, 1000),
        data(id, "abc", true),
        windowUpdate(id, 7),
        windowUpdate(0, 7),
        resetStream(id),
      ];
    });
    const lines = await client.reaction(...calls, ping());
    expect(lines.filter((line) => line.endsWith('"3 bytes" END'))).toHaveLength(100);
  }
  expect(served.streams).toHaveLength(10_000);
  expect(served.openStreams()).toBe(0);
});

it("bears two thousand watches that are called off after their answers began", async () => {
  const served = await serve((stream) => {
    stream.start(200, {});
    stream.write(Buffer.from("event"));
  }, limits);
  const client = await openRaw(served.port);
  const ids = turns(2000).map((index) => 1 + index * 2);
  expect(await client.settled(...ids.map((id) => get(id)))).toHaveLength(4000);
  expect(served.openStreams()).toBe(2000);
  expect(await client.settled(...ids.flatMap((id) => [windowUpdate(id, 5), resetStream(id)]))).toEqual([]);
  expect(served.openStreams()).toBe(0);
  expect(await client.reaction(get(4001))).toHaveLength(2);
});

it("bears large bodies that are declined at once, again and again", async () => {
  const served = await serve(
    (stream) => {
      stream.start(403, {});
      stream.end({});
    },
    { ...limits, oddities: { burst: 100, perSecond: 0 } },
  );
  const client = await openRaw(served.port);
  const piece = Buffer.alloc(16_384);
  for (const turn of turns(30)) {
    const id = 1 + turn * 2;
    const lines = await client.reaction(post(id), ...turns(16).map(() => data(id, piece)));
    expect(lines.filter((line) => !line.startsWith("WINDOW"))).toEqual([
      ...[`HEADERS ${id} 403`, `DATA ${id} "" END`, `RST_STREAM ${id} NO_ERROR`],
    ]);
  }
});
