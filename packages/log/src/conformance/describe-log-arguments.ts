import { describe, expect, test } from "vitest";
import type { CommitLog, SnapshotStore, SummaryStore } from "../commit-log.ts";
import { bytes, entriesOf, numbered } from "./text-entries.ts";
import { expectRefused, noLists, noNumbers, noObjects, noTexts } from "./wrong-arguments.ts";

const signal = AbortSignal.abort();
const noStreams = [...noTexts, "a\ud800"];
/** Where a number may be left out. */
const noOptionalNumbers = noNumbers.filter((value) => value !== undefined);

/** Registers that a log refuses by name what no log takes, and changes nothing. */
export function describeLogArguments(open: () => Promise<CommitLog>): void {
  describe("wrong arguments", () => {
    test.each<[string, readonly unknown[], (log: CommitLog, wrong: never) => unknown]>([
      ["stream", noStreams, (log, stream) => log.append(stream, 0, numbered(1, 1))],
      ["after", noNumbers, (log, after) => log.append("a", after, numbered(5, 1))],
      ["entries", noLists, (log, entries) => log.append("a", 4, entries)],
      ["stream", noStreams, (log, stream) => log.read(stream, 0)],
      ["after", noNumbers, (log, after) => log.read("a", after)],
      ["limit", noOptionalNumbers, (log, limit) => log.read("a", 0, limit)],
      ["stream", noStreams, (log, stream) => collect(log.follow(stream, 0, signal))],
      ["after", noNumbers, (log, after) => collect(log.follow("a", after, signal))],
      ["signal", noObjects, (log, wrong) => collect(log.follow("a", 0, wrong))],
      ["stream", noStreams, (log, stream) => log.trim(stream, 1)],
      ["through", noNumbers, (log, through) => log.trim("a", through)],
      ["through", noNumbers, (log, through) => log.trim("never there", through)],
      ["stream", noStreams, (log, stream) => log.before(stream, 1)],
      ["bytes", noNumbers, (log, most) => log.before("a", most)],
    ])("as %s are refused and change nothing", async (field, wrong, call) => {
      const log = await open();
      await log.append("a", 0, numbered(1, 4));
      await log.trim("a", 1);
      await expectRefused(field, wrong, (argument) => call(log, argument));
      expect(await collect(log.streams())).toEqual([{ stream: "a", last: 4 }]);
      expect(await log.read("a", 0)).toEqual({ kind: "trimmed", through: 1 });
      expect(entriesOf(await log.read("a", 1))).toEqual(["entry 2", "entry 3", "entry 4"]);
      expect(await log.append("a", 4, numbered(5, 1))).toBe(true);
    });
  });
}

/** Registers that snapshots refuse by name what none take. */
export function describeSnapshotArguments(open: () => Promise<SnapshotStore>): void {
  test("refuses what is no stream and no number, and keeps what there is", async () => {
    const snapshots = await open();
    await snapshots.save("a", 3, bytes("a3"));
    await expectRefused("stream", noStreams, (stream) => snapshots.save(stream, 1, bytes("x")));
    await expectRefused("number", noNumbers, (number) => snapshots.save("a", number, bytes("x")));
    await expectRefused("stream", noStreams, (stream) => snapshots.load(stream));
    await expectRefused("through", noOptionalNumbers, (through) => snapshots.load("a", through));
    await expectRefused("stream", noStreams, (stream) => snapshots.trim(stream, 1));
    await expectRefused("stream", noStreams, (stream) => snapshots.drop(stream));
    // Without a number the newest would be meant.
    await expectRefused("through", noNumbers, (through) => snapshots.trim("a", through));
    expect(await snapshots.load("a")).toEqual({ number: 3, data: bytes("a3") });
  });
}

/** Registers that summaries refuse by name what none take. */
export function describeSummaryArguments(open: () => Promise<SummaryStore>): void {
  test("refuses what is no stream and no number, and keeps what there is", async () => {
    const summaries = await open();
    await summaries.save("a", 3, bytes("a3"));
    await expectRefused("stream", noStreams, (stream) => summaries.save(stream, 1, bytes("x")));
    await expectRefused("number", noNumbers, (number) => summaries.save("a", number, bytes("x")));
    await expectRefused("stream", noStreams, (stream) => summaries.drop(stream));
    expect(await collect(summaries.all())).toEqual([{ stream: "a", number: 3, data: bytes("a3") }]);
  });
}

async function collect<T>(values: AsyncIterable<T>): Promise<T[]> {
  const seen: T[] = [];
  for await (const value of values) seen.push(value);
  return seen;
}
