import { describe, expect, type TestContext, test } from "vitest";
import type { CommitLogHarness } from "./commit-log-harness.ts";
import { bytes, entriesOf, numbered } from "./text-entries.ts";

/** Registers what a log holds after its data was opened anew. */
export function describeReopening(open: () => Promise<CommitLogHarness>): void {
  const openTwice = async (context: TestContext) => {
    const { log, reopen } = await open();
    return { log, reopen: reopen ?? context.skip("its data ends with the process") };
  };

  describe("after reopening", () => {
    test("what was appended is there", async (context) => {
      const { log, reopen } = await openTwice(context);
      await log.append("a", 0, numbered(1, 3));
      await log.trim("a", 1);
      const again = await reopen();
      expect(entriesOf(await again.read("a", 1))).toEqual(["entry 2", "entry 3"]);
      expect(await again.append("a", 2, [bytes("late")])).toBe(false);
      expect(await again.append("a", 3, [bytes("next")])).toBe(true);
    });

    test("everything that racing writers were told is true", async (context) => {
      const { log, reopen } = await openTwice(context);
      const streams = Array.from({ length: 12 }, (_, i) => `stream ${i}`);
      const winners = new Map<string, string[]>(streams.map((stream) => [stream, []]));
      const race = async (stream: string, writer: string): Promise<void> => {
        const won = winners.get(stream) ?? [];
        for (let last = 0; last < 15; last++) {
          if (await log.append(stream, last, [bytes(`${writer} ${last}`)])) won[last] = `${writer} ${last}`;
        }
      };
      await Promise.all(streams.flatMap((stream) => ["ada", "bob", "cy"].map((writer) => race(stream, writer))));
      const again = await reopen();
      for (const stream of streams) expect(entriesOf(await again.read(stream, 0))).toEqual(winners.get(stream));
    });

    test("a stream that was trimmed whole keeps its number and is not listed", async (context) => {
      const { log, reopen } = await openTwice(context);
      await log.append("a", 0, numbered(1, 4));
      await log.trim("a", 4);
      const again = await reopen();
      for await (const { stream } of again.streams()) expect.unreachable(stream);
      expect(await again.read("a", 3)).toEqual({ kind: "trimmed", through: 4 });
      expect(await again.append("a", 0, [bytes("again")])).toBe(false);
      expect(await again.append("a", 4, [bytes("five")])).toBe(true);
    });
  });
}
