import { describe, expect, test } from "vitest";
import type { StreamSummary, SummaryStore } from "../commit-log.ts";
import { describeSummaryArguments } from "./describe-log-arguments.ts";
import { bytes } from "./text-entries.ts";

/** Registers what every {@link SummaryStore} must hold. `open` gives an empty one for each test. */
export function describeSummaryStore(name: string, open: () => Promise<SummaryStore>): void {
  const allOf = async (summaries: SummaryStore): Promise<StreamSummary[]> => {
    const found: StreamSummary[] = [];
    for await (const summary of summaries.all()) found.push(summary);
    return found.sort((a, b) => (a.stream < b.stream ? -1 : 1));
  };

  describe(`SummaryStore: ${name}`, () => {
    test("has nothing at first", async () => {
      expect(await allOf(await open())).toEqual([]);
    });

    test("gives what was said last of each stream, and only that", async () => {
      const summaries = await open();
      await summaries.save("a", 3, bytes("a3"));
      await summaries.save("b", 1, new Uint8Array());
      await summaries.save("a", 7, bytes("a7"));
      expect(await allOf(summaries)).toEqual([
        { stream: "a", number: 7, data: bytes("a7") },
        { stream: "b", number: 1, data: new Uint8Array() },
      ]);
    });

    test("gives every one of many", async () => {
      const summaries = await open();
      const streams = Array.from({ length: 2500 }, (_, i) => `stream ${i}`);
      await Promise.all(streams.map((stream, number) => summaries.save(stream, number, bytes(stream))));
      const found = await allOf(summaries);
      expect(found.map(({ stream }) => stream)).toEqual([...streams].sort());
      for (const { stream, data } of found) expect(data).toEqual(bytes(stream));
    });

    test("forgets what was dropped, and only that", async () => {
      const summaries = await open();
      await summaries.save("a", 3, bytes("a3"));
      await summaries.save("b", 1, bytes("b1"));
      await summaries.drop("a");
      await summaries.drop("never there");
      expect((await allOf(summaries)).map(({ stream }) => stream)).toEqual(["b"]);
    });

    describeSummaryArguments(open);
  });
}
