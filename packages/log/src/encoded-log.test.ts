import { describe, expect, test } from "vitest";
import { describeCommitLog } from "./conformance/describe-commit-log.ts";
import { describeSnapshotStore } from "./conformance/describe-snapshot-store.ts";
import { createEncodedLog, createEncodedSnapshots } from "./encoded-log.ts";
import { createMemoryLog } from "./memory-log.ts";
import { createMemorySnapshots } from "./memory-snapshots.ts";

// Bytes through other bytes: what the suites see must be what they put in.
const flipped = (bytes: Uint8Array) => bytes.map((byte) => byte ^ 0x5a);
const codec = { encode: flipped, decode: flipped };

describeCommitLog("encoded, over memory", async () => {
  const bytes = createMemoryLog();
  return { log: createEncodedLog(bytes, codec), reopen: async () => createEncodedLog(bytes, codec) };
});
describeSnapshotStore("encoded, over memory", async () => createEncodedSnapshots(createMemorySnapshots(), codec));

const inParts = {
  encode: (data: Uint8Array) => [data.subarray(0, 2), data.subarray(2, 3), data.subarray(3)],
  decode: (bytes: Uint8Array) => bytes,
};

describeCommitLog("encoded in parts, over memory", async () => {
  const bytes = createMemoryLog();
  return { log: createEncodedLog(bytes, inParts), reopen: async () => createEncodedLog(bytes, inParts) };
});
describeSnapshotStore("encoded in parts, over memory", async () =>
  createEncodedSnapshots(createMemorySnapshots(), inParts),
);

describe("an encoded log", () => {
  test("keeps what the codec gives, and rejects where it cannot be read back", async () => {
    const bytes = createMemoryLog();
    const text = { encode: (data: string) => new TextEncoder().encode(data), decode: decodeText };
    const log = createEncodedLog(bytes, text);
    expect(await log.append("a", 0, ["one"])).toBe(true);
    expect(await bytes.read("a", 0)).toEqual({ kind: "entries", first: 1, entries: [text.encode("one")] });
    expect(await log.read("a", 0)).toEqual({ kind: "entries", first: 1, entries: ["one"] });
    await bytes.append("a", 1, [new Uint8Array([255])]);
    await expect(log.read("a", 0)).rejects.toThrow(TypeError);
  });
});

const decodeText = (bytes: Uint8Array) => new TextDecoder("utf-8", { fatal: true }).decode(bytes);
