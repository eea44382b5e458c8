import { randomBytes } from "node:crypto";
import { type CommitLog, createMemoryLog, createMemorySnapshots, createMemorySummaries } from "@trimtab/log";
import { describeCommitLog, describeSnapshotStore, describeSummaryStore } from "@trimtab/log/conformance";
import { describe, expect, test } from "vitest";
import { createSealedLog, createSealedSnapshots, createSealedSummaries } from "./sealed-log.ts";
import { createSealer } from "./sealer.ts";

const key = (id: string) => ({ id, secret: new Uint8Array(randomBytes(32)) });
const sealer = createSealer({ keys: [key("a")] });
const bytes = (text: string) => new TextEncoder().encode(text);

describeCommitLog("sealed", async () => {
  // The suite counts in bytes of its own entries, and every sealed one is longer by as much.
  const overhead = sealer.seal(new Uint8Array(0), "").byteLength;
  const below = createMemoryLog<Uint8Array>({ sizeOf: (entry) => entry.byteLength - overhead });
  return { log: createSealedLog(below, sealer), reopen: async () => createSealedLog(below, sealer) };
});
describeSnapshotStore("sealed", async () => createSealedSnapshots(createMemorySnapshots(), sealer));
describeSummaryStore("sealed", async () => createSealedSummaries(createMemorySummaries(), sealer));

async function entriesBelow(log: CommitLog, stream: string): Promise<readonly Uint8Array[]> {
  const read = await log.read(stream, 0);
  return read.kind === "entries" ? read.entries : [];
}

describe("a sealed log", () => {
  test("gives the log below nothing to read, and no notes", async () => {
    const below = createMemoryLog();
    const notes: unknown[] = [];
    const watched: CommitLog = {
      ...below,
      append: (stream, after, entries, options) => {
        notes.push(options);
        return below.append(stream, after, entries, options);
      },
    };
    const log = createSealedLog(watched, sealer);
    const note = { actor: "ada", kind: "set", subject: "temperature" };
    await log.append("s", 0, [bytes("a secret")], { notes: [note] });
    const [entry] = await entriesBelow(below, "s");
    expect(Buffer.from(entry ?? []).toString("latin1")).not.toContain("secret");
    expect(notes).toEqual([undefined]);
  });

  test("seals what comes in parts as one entry, and one snapshot", async () => {
    const log = createSealedLog(createSealedLog(createMemoryLog(), sealer), sealer);
    await log.appendParts("s", 0, [[bytes("in "), bytes("parts")], bytes("whole")]);
    expect((await entriesBelow(log, "s")).map((entry) => new TextDecoder().decode(entry))).toEqual([
      "in parts",
      "whole",
    ]);
    const snapshots = createSealedSnapshots(createSealedSnapshots(createMemorySnapshots(), sealer), sealer);
    await snapshots.saveParts("s", 1, [bytes("in "), bytes("parts")]);
    expect(new TextDecoder().decode((await snapshots.load("s"))?.data)).toBe("in parts");
  });

  test("notices an entry that was moved, or put into another stream", async () => {
    const below = createMemoryLog();
    const log = createSealedLog(below, sealer);
    await log.append("s", 0, [bytes("one"), bytes("two")]);
    const [one, two] = (await entriesBelow(below, "s")) as [Uint8Array, Uint8Array];
    await below.append("swapped", 0, [two, one]);
    await below.append("other", 0, [one]);
    const damaged = {
      code: "damaged",
      message: expect.stringContaining("what is stored is not what was sealed here with key "),
    };
    await expect(log.read("swapped", 0)).rejects.toMatchObject({
      ...damaged,
      details: { place: "entry 1 of swapped" },
    });
    await expect(log.read("other", 0)).rejects.toMatchObject(damaged);
    expect((await log.read("s", 0)).kind).toBe("entries");
  });

  test("counts a summary that was moved as none", async () => {
    const below = createMemorySummaries();
    const summaries = createSealedSummaries(below, sealer);
    await summaries.save("s", 1, bytes("one"));
    for await (const { data } of below.all()) await below.save("other", 1, data);
    const found: string[] = [];
    for await (const { stream } of summaries.all()) found.push(stream);
    expect(found).toEqual(["s"]);
  });
});
