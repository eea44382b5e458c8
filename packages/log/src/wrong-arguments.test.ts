import { expect, test } from "vitest";
import { expectRefused, noFunctions, noLists, noNumbers, noObjects } from "./conformance/wrong-arguments.ts";
import {
  byteLengthOf,
  type Codec,
  createEncodedLog,
  createEncodedSnapshots,
  createEncodedSummaries,
  createMemoryLog,
  createMemorySnapshots,
  createMemorySummaries,
  joined,
  readBackwards,
} from "./index.ts";

const same: Codec<Uint8Array> = { encode: (data) => data, decode: (data) => data };
const noNumbersButNone = noNumbers.filter((value) => value !== undefined);

test("what a log in memory is made of is refused by name", async () => {
  await expectRefused("sizeOf", noFunctions, (sizeOf) => createMemoryLog({ sizeOf }));
  await expectRefused("options", [null, 1, "x", []], (options) => createMemoryLog(options));
  expect(() => createMemoryLog({ sizeof: () => 1 } as object)).toThrow(
    "sizeof: options has no such field; there are sizeOf",
  );
});

test("what encodes is refused by name where it has no log, or no codec", async () => {
  await expectRefused("log", noObjects, (log) => createEncodedLog(log, same));
  await expectRefused("codec", noObjects, (codec) => createEncodedLog(createMemoryLog(), codec));
  await expectRefused("snapshots", noObjects, (snapshots) => createEncodedSnapshots(snapshots, same));
  await expectRefused("codec", noObjects, (codec) => createEncodedSnapshots(createMemorySnapshots(), codec));
  await expectRefused("summaries", noObjects, (summaries) => createEncodedSummaries(summaries, same));
  await expectRefused("codec", noObjects, (codec) => createEncodedSummaries(createMemorySummaries(), codec));
});

test("text that a codec gives is no bytes, and is not stored as zeros", async () => {
  const log = createMemoryLog();
  const encoded = createEncodedLog(log, { encode: JSON.stringify, decode: String } as never);
  await expect(encoded.append("a", 0, ["one"])).rejects.toThrow('bytes must be a list, got "\\"one\\""');
  expect(await log.read("a", 0)).toEqual({ kind: "entries", first: 1, entries: [] });
});

test("bytes are one array or a list of them", async () => {
  const wrong = noLists.map((value) => [value]).concat(noLists as never[]);
  await expectRefused("bytes", wrong, byteLengthOf);
  await expectRefused("bytes", wrong, joined);
});

test("reading backwards ends, whatever its batches are", async () => {
  const log = createMemoryLog();
  await log.append("a", 0, [new Uint8Array(1), new Uint8Array(2)]);
  const read = (through: number, options?: object) => readBackwards(log, "a", through, options).next();
  await expectRefused("batch", [...noNumbersButNone, 0], (batch) => read(2, { batch }));
  await expectRefused("begin", [...noNumbersButNone, 0], (begin) => read(2, { begin }));
  await expectRefused("through", noNumbers, (through) => read(through));
});
