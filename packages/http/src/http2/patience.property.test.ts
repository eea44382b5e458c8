import fc from "fast-check";
import { expect, it } from "vitest";
import { arbitrarySequence, cutAt } from "./test-parts/arbitrary-frames.ts";
import { describeFrame } from "./test-parts/describe-frame.ts";
import { opening, settingsAck } from "./test-parts/frames.ts";
import { openMemory } from "./test-parts/memory-connection.ts";
import { answer, type Stream } from "./test-parts/serve.ts";

/** Serves in one of several ways, which the path says. */
function handle(stream: Stream): void {
  if (stream.path === "/begun") stream.start(200, {});
  else if (stream.path === "/reset") stream.reset();
  else if (stream.path !== "/silent") answer(stream);
}

const places = fc.array(fc.nat(100_000), { maxLength: 5 });

/** More seconds than any limit has, one after the other. */
const ages = 2 * (900 + 300 + 60);

it("ends every connection whose client says nothing more, whatever it said before", async () => {
  await fc.assert(
    fc.asyncProperty(arbitrarySequence(1), places, async (sent, cuts) => {
      const opened = openMemory(handle);
      const [pieces, last] = [cutAt(Buffer.concat([opening, ...sent]), cuts), cuts.length % 2];
      for (const piece of last === 0 ? pieces : pieces.slice(0, -1)) await opened.send(piece);
      opened.pulse.beat(ages);
      expect(opened.connection.isOver).toBe(true);
      expect(opened.connection.streams.size).toBe(0);
      for (const closings of opened.closings.values()) expect(closings).toBe(1);
      await opened.close();
      expect(opened.pulse.followers).toBe(0);
    }),
    { numRuns: 200 },
  );
});

it("changes nothing for a client that takes its time within the limits", async () => {
  const play = async (pieces: readonly Buffer[], seconds: number) => {
    const opened = openMemory(handle);
    for (const piece of pieces) {
      await opened.send(piece);
      opened.pulse.beat(seconds);
    }
    await opened.isAnswering();
    const heard = opened.frames.filter(({ type }) => type === 7).map(describeFrame);
    const open = [...opened.connection.streams.keys()];
    await opened.close();
    return { heard, open };
  };
  await fc.assert(
    fc.asyncProperty(arbitrarySequence(0), places, async (sent, cuts) => {
      const bytes = Buffer.concat(sent);
      // At most six pieces follow, so that all of it takes less than a minute.
      const pieces = [Buffer.concat([opening, settingsAck]), ...cutAt(bytes, cuts)];
      expect(await play(pieces, 8)).toEqual(await play(pieces, 0));
    }),
    { numRuns: 200 },
  );
});
