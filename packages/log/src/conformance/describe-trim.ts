import { describe, expect, test } from "vitest";
import type { CommitLog } from "../commit-log.ts";
import { bytes, entriesOf, numbered } from "./text-entries.ts";

/** Registers what a log holds when entries are forgotten. */
export function describeTrim(open: () => Promise<CommitLog>): void {
  describe("trim", () => {
    test("forgets up to the number, says so, and goes on counting", async () => {
      const log = await open();
      await log.append("a", 0, numbered(1, 5));
      await log.trim("a", 3);
      expect(await log.read("a", 2)).toEqual({ kind: "trimmed", through: 3 });
      expect(entriesOf(await log.read("a", 3))).toEqual(["entry 4", "entry 5"]);
      expect(await log.append("a", 5, [bytes("six")])).toBe(true);
      await log.trim("a", 2);
      expect(entriesOf(await log.read("a", 3))).toEqual(["entry 4", "entry 5", "six"]);
    });

    test("can be told how far to go so that the newest entries stay within so many bytes", async () => {
      const log = await open();
      expect(await log.before("a", 10)).toBe(0);
      await log.append(
        "a",
        0,
        [30, 10, 20, 5].map((size) => new Uint8Array(size)),
      );
      const sizes = [100, 65, 64, 35, 34, 25, 24, 5, 4, 0];
      expect(await Promise.all(sizes.map((bytes) => log.before("a", bytes)))).toEqual([0, 0, 1, 1, 2, 2, 3, 3, 4, 4]);
      await log.trim("a", 2);
      expect(await log.before("a", 100)).toBe(2);
      expect(await log.before("a", 24)).toBe(3);
    });

    test("leaves a stream's end where it is", async () => {
      const log = await open();
      await Promise.all([log.append("a", 0, numbered(1, 5)), log.append("b", 0, numbered(1, 2))]);
      await log.trim("a", 3);
      const ends: unknown[] = [];
      for await (const { stream, last } of log.streams()) ends.push([stream, last]);
      expect(ends.sort()).toEqual([
        ["a", 5],
        ["b", 2],
      ]);
    });

    test("of everything leaves the number and no stream to list", async () => {
      const log = await open();
      await log.append("a", 0, numbered(1, 2));
      await log.trim("a", 2);
      for await (const { stream } of log.streams()) expect.unreachable(stream);
      expect(await log.append("a", 0, [bytes("again")])).toBe(false);
      expect(await log.append("a", 2, [bytes("three")])).toBe(true);
    });

    test("further than there is anything takes nothing of what comes", async () => {
      const log = await open();
      await log.append("a", 0, numbered(1, 2));
      await log.trim("a", 9);
      expect(await log.read("a", 1)).toEqual({ kind: "trimmed", through: 2 });
      expect(await log.append("a", 2, [bytes("three")])).toBe(true);
      expect(entriesOf(await log.read("a", 2))).toEqual(["three"]);
    });

    test("of large entries leaves those of other streams whole, also where they hold the same", async () => {
      const log = await open();
      const large = new Uint8Array(2 << 20).map((_, i) => (i * 31) ^ (i >> 9));
      const isLarge = async (stream: string, after: number) => {
        const read = await log.read(stream, after, 1);
        return read.kind === "entries" && Buffer.from(read.entries[0] ?? []).equals(large);
      };
      await Promise.all(["a", "b", "c"].map((stream) => log.append(stream, 0, [large, large])));
      await log.trim("a", 1);
      await log.trim("b", 2);
      expect(await isLarge("a", 1)).toBe(true);
      expect(await isLarge("c", 0)).toBe(true);
      expect(await isLarge("c", 1)).toBe(true);
      await log.append("b", 2, [large]);
      expect(await isLarge("b", 2)).toBe(true);
    });

    test("tells a follower that starts before what is left", async () => {
      const log = await open();
      await log.append("a", 0, numbered(1, 4));
      await log.trim("a", 3);
      const seen: unknown[] = [];
      for await (const read of log.follow("a", 1, new AbortController().signal)) seen.push(read);
      expect(seen).toEqual([{ kind: "trimmed", through: 3 }]);
    });
  });
}
