import fc from "fast-check";
import { expect, it } from "vitest";
import { arbitrarySequence, cutAt } from "./test-parts/arbitrary-frames.ts";
import { describeFrame } from "./test-parts/describe-frame.ts";
import { opening } from "./test-parts/frames.ts";
import { type MemoryConnection, openMemory } from "./test-parts/memory-connection.ts";
import type { Stream } from "./test-parts/serve.ts";

/** Serves in one of several ways, which the path says, and tells what it hears. */
function createHandler(tell: (event: string) => void) {
  let streams = 0;
  return (stream: Stream): void => {
    const name = `${++streams}${stream.path}`;
    let bytes = 0;
    tell(`${name} begins`);
    stream.onClose(() => tell(`${name} closes`));
    if (stream.path === "/reset") stream.reset();
    if (stream.path === "/early") {
      stream.start(200, {});
      stream.end({ bytes: Buffer.from("early"), trailers: { "x-sum": "7" } });
    }
    if (stream.path === "/silent") return;
    stream.read({
      onData: (piece) => {
        bytes += piece.length;
      },
      onEnd: () => {
        tell(`${name} has ${bytes} bytes`);
        stream.start(200, {});
        stream.end({ bytes: Buffer.alloc(bytes) });
      },
    });
  };
}

/** What must hold once a connection is gone. */
async function expectEnded(opened: MemoryConnection): Promise<void> {
  await opened.close();
  expect(opened.connection.streams.size).toBe(0);
  for (const [stream, closings] of opened.closings) {
    expect(closings).toBe(1);
    expect(stream.isClosed).toBe(true);
  }
}

const places = fc.array(fc.nat(100_000), { maxLength: 20 });
it("serves the same for the same bytes, however they are cut", async () => {
  const play = async (pieces: readonly Buffer[]) => {
    const events: string[] = [];
    const opened = openMemory(createHandler((event) => events.push(event)));
    for (const piece of pieces) await opened.send(piece);
    await opened.isAnswering();
    await expectEnded(opened);
    // When an answer goes out, and into which frames it is cut, is a matter of turns; what is heard is not.
    const goodbyes = opened.frames.filter(({ type }) => type === 7).map(describeFrame);
    return [...events.filter((event) => !event.endsWith("closes")), ...goodbyes];
  };
  await fc.assert(
    fc.asyncProperty(arbitrarySequence(0), places, async (sent, cuts) => {
      const bytes = Buffer.concat([opening, ...sent]);
      expect(await play(cutAt(bytes, cuts))).toEqual(await play([bytes]));
    }),
  );
});

it("goes on or says goodbye and ends, whatever frames come", async () => {
  await fc.assert(
    fc.asyncProperty(arbitrarySequence(1), async (sent) => {
      const opened = openMemory(createHandler(() => {}));
      await opened.send(Buffer.concat([opening, ...sent]));
      const isAnswering = await opened.isAnswering();
      if (!isAnswering) expect(opened.frames.some(({ type }) => type === 7)).toBe(true);
      await expectEnded(opened);
    }),
    { numRuns: 300 },
  );
});

it("ends without a trace, whatever bytes come", async () => {
  const changes = fc.array(fc.tuple(fc.nat(100_000), fc.nat(255)), { maxLength: 5 });
  await fc.assert(
    fc.asyncProperty(arbitrarySequence(1), changes, places, async (sent, changed, cuts) => {
      const bytes = Buffer.concat([opening, ...sent]);
      for (const [place, byte] of changed) bytes[place % bytes.length] = byte;
      const opened = openMemory(createHandler(() => {}));
      for (const piece of cutAt(bytes, cuts)) await opened.send(piece);
      await expectEnded(opened);
    }),
    { numRuns: 300 },
  );
});
