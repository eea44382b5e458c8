import type { SqliteLog } from "../open-sqlite-log.ts";
import { knownEntry } from "./known-entry.ts";

/** What a folder should hold: of each stream how far it is forgotten and how far it goes, and what stands beside it. */
export interface Expected {
  readonly streams: Record<string, { trimmed: number; last: number }>;
  readonly snapshots: Record<string, number[]>;
  readonly summaries: Record<string, number>;
}

/** One step of a script: what it does to a folder, and what that comes to. */
export interface Step {
  run(sqlite: SqliteLog): Promise<unknown>;
  expect(expected: Expected): void;
}

/** An entry of a stream; those of the streams `large` and `streamed` are stored in chunks, which they share. */
function scriptedEntry(stream: string, number: number): Uint8Array {
  const size = sizes[stream];
  if (size === undefined) return knownEntry(stream, number);
  const entry = new Uint8Array(size).map((_, i) => Math.imul(i ^ (i >> 7), 2654435761) >>> 24);
  entry[0] = number;
  return entry;
}

const sizes: Readonly<Record<string, number>> = { large: 700_000, streamed: 1_300_000 };

/** What differs from entry to entry, and what they share: so large that it does not go to the disk in one piece. */
function scriptedParts(stream: string, number: number): readonly Uint8Array[] {
  const entry = scriptedEntry(stream, number);
  return [entry.subarray(0, 100), entry.subarray(100)];
}

const appendParts = (stream: string, after: number, count: number): Step => ({
  run: ({ log }) =>
    log.appendParts(
      stream,
      after,
      Array.from({ length: count }, (_, i) => scriptedParts(stream, after + 1 + i)),
    ),
  expect: append(stream, after, count).expect,
});
const saveParts = (stream: string, number: number): Step => ({
  run: ({ snapshots }) => snapshots.saveParts(stream, number, scriptedParts(stream, number)),
  expect: save(stream, number).expect,
});
const append = (stream: string, after: number, count: number): Step => ({
  run: ({ log }) =>
    log.append(
      stream,
      after,
      Array.from({ length: count }, (_, i) => scriptedEntry(stream, after + 1 + i)),
    ),
  expect({ streams }) {
    streams[stream] = { trimmed: streams[stream]?.trimmed ?? 0, last: after + count };
  },
});
const save = (stream: string, number: number): Step => ({
  run: ({ snapshots }) => snapshots.save(stream, number, scriptedEntry(stream, number)),
  expect({ snapshots }) {
    snapshots[stream] = [...(snapshots[stream] ?? []), number];
  },
});
const trim = (stream: string, through: number): Step => ({
  run: ({ log }) => log.trim(stream, through),
  expect({ streams }) {
    streams[stream] = { last: 0, ...streams[stream], trimmed: through };
  },
});
const trimSnapshots = (stream: string, through: number): Step => ({
  run: ({ snapshots }) => snapshots.trim(stream, through),
  expect({ snapshots }) {
    snapshots[stream] = (snapshots[stream] ?? []).filter((number) => number >= through);
  },
});
const dropSnapshots = (stream: string): Step => ({
  run: ({ snapshots }) => snapshots.drop(stream),
  expect({ snapshots }) {
    delete snapshots[stream];
  },
});
const summarize = (stream: string, number: number): Step => ({
  run: ({ summaries }) => summaries.save(stream, number, scriptedEntry(stream, number)),
  expect({ summaries }) {
    summaries[stream] = number;
  },
});
const dropSummary = (stream: string): Step => ({
  run: ({ summaries }) => summaries.drop(stream),
  expect({ summaries }) {
    delete summaries[stream];
  },
});
/** Writes that go to the disk in one transaction, so that they are there together or not at all. */
const together = (...steps: readonly Step[]): Step => ({
  run: (sqlite) => Promise.all(steps.map((step) => step.run(sqlite))),
  expect(expected) {
    for (const step of steps) step.expect(expected);
  },
});

/** Everything that can be written, in an order that leaves something to lose at each step. */
export const script: readonly Step[] = [
  append("a", 0, 3),
  append("large", 0, 2),
  appendParts("streamed", 0, 2),
  saveParts("streamed", 2),
  together(append("a", 3, 2), append("c", 0, 1), save("a", 3)),
  save("a", 5),
  save("large", 2),
  save("large", 2),
  summarize("a", 5),
  trimSnapshots("a", 5),
  trim("a", 3),
  together(append("large", 2, 1), trim("large", 1)),
  dropSnapshots("large"),
  dropSnapshots("streamed"),
  trim("streamed", 1),
  dropSummary("a"),
  append("a", 5, 1),
  summarize("c", 1),
];

/** What a folder holds after so many steps. */
export function expectedAfter(steps: number): Expected {
  const expected: Expected = { streams: {}, snapshots: {}, summaries: {} };
  for (const step of script.slice(0, steps)) step.expect(expected);
  for (const [stream, numbers] of Object.entries(expected.snapshots)) {
    expected.snapshots[stream] = [...new Set(numbers)];
  }
  return expected;
}

/** Reads what a folder holds; throws where anything is not what was written. */
export async function readBack({ log, snapshots, summaries }: SqliteLog): Promise<Expected> {
  const found: Expected = { streams: {}, snapshots: {}, summaries: {} };
  const check = (stream: string, number: number, data: Uint8Array): void => {
    if (Buffer.from(data).equals(scriptedEntry(stream, number))) return;
    throw new Error(`${stream} ${number} is not what was written`);
  };
  for await (const { stream } of log.streams()) {
    const first = await log.read(stream, 0, 1);
    const trimmed = first.kind === "trimmed" ? first.through : 0;
    let last = trimmed;
    for (;;) {
      const read = await log.read(stream, last, 1);
      if (read.kind === "trimmed" || read.entries.length === 0) break;
      for (const entry of read.entries) check(stream, ++last, entry);
    }
    found.streams[stream] = { trimmed, last };
    const numbers: number[] = [];
    for (let at = await snapshots.load(stream); at !== undefined; at = await snapshots.load(stream, at.number - 1)) {
      check(stream, at.number, at.data);
      numbers.unshift(at.number);
    }
    if (numbers.length > 0) found.snapshots[stream] = numbers;
  }
  for await (const { stream, number, data } of summaries.all()) {
    check(stream, number, data);
    found.summaries[stream] = number;
  }
  return found;
}
