import { afterEach, describe, expect, test } from "vitest";
import type { CommitLog } from "../commit-log.ts";
import type { CommitLogHarness } from "./commit-log-harness.ts";
import { describeLogArguments } from "./describe-log-arguments.ts";
import { describeReopening } from "./describe-reopening.ts";
import { describeTrim } from "./describe-trim.ts";
import { bytes, entriesOf, numbered, text } from "./text-entries.ts";

/** Registers what every {@link CommitLog} must hold. `open` gives an empty one for each test. */
export function describeCommitLog(name: string, open: () => Promise<CommitLogHarness>): void {
  describe(`CommitLog: ${name}`, () => {
    const opened: CommitLogHarness[] = [];
    const harness = async () => {
      const one = await open();
      opened.push(one);
      return one;
    };
    const openLog = async () => (await harness()).log;
    afterEach(async () => {
      for (const one of opened.splice(0)) await one.close?.();
    });

    describeAppend(openLog);
    describeRead(openLog);
    describeFollow(openLog);
    describeTrim(openLog);
    describeReopening(harness);
    describeLogArguments(openLog);
  });
}

function describeAppend(open: () => Promise<CommitLog>): void {
  describe("append", () => {
    test("takes the entry after the last one", async () => {
      const log = await open();
      expect(await log.append("a", 0, [bytes("one")])).toBe(true);
      expect(await log.append("a", 1, [bytes("two"), bytes("three")])).toBe(true);
      expect(entriesOf(await log.read("a", 0))).toEqual(["one", "two", "three"]);
    });

    test.each([
      ["behind", 0],
      ["ahead", 2],
    ])("refuses an expectation that is %s and writes nothing", async (_, after) => {
      const log = await open();
      await log.append("a", 0, [bytes("one")]);
      expect(await log.append("a", after, [bytes("x"), bytes("y")])).toBe(false);
      expect(entriesOf(await log.read("a", 0))).toEqual(["one"]);
    });

    test("of many racing appends exactly one wins, again and again", async () => {
      const log = await open();
      for (let round = 0; round < 20; round++) {
        const racers = Array.from({ length: 8 }, (_, i) => log.append("a", round, [bytes(`${round}/${i}`)]));
        const results = await Promise.all(racers);
        expect(results.filter(Boolean)).toHaveLength(1);
        const [written] = entriesOf(await log.read("a", round));
        expect(written).toBe(`${round}/${results.indexOf(true)}`);
      }
    });

    test("makes appends that follow on one another in the order of the calls, without a wait between them", async () => {
      const log = await open();
      const appends = Array.from({ length: 50 }, (_, i) => log.append("a", 2 * i, numbered(2 * i + 1, 2)));
      expect(new Set(await Promise.all(appends))).toEqual(new Set([true]));
      expect(entriesOf(await log.read("a", 0))).toHaveLength(100);
    });

    test("what follows on an append that is not made is not made either", async () => {
      const log = await open();
      const appends = [log.append("a", 1, numbered(2, 2)), log.append("a", 3, numbered(4, 1))];
      expect(await Promise.all(appends)).toEqual([false, false]);
      expect(entriesOf(await log.read("a", 0))).toEqual([]);
    });

    test("keeps streams apart", async () => {
      const log = await open();
      await Promise.all([log.append("a", 0, numbered(1, 5)), log.append("b", 0, [bytes("other")])]);
      expect(entriesOf(await log.read("b", 0))).toEqual(["other"]);
      expect(entriesOf(await log.read("a", 0))).toHaveLength(5);
    });

    test("takes stream names with any text and entries of any bytes", async () => {
      const log = await open();
      const names = ["a/b", "..", "日本", "%00", " ", "A", "a".repeat(255), "__proto__", "x\u{1f600}"];
      const data = Uint8Array.from({ length: 256 }, (_, i) => i);
      for (const name of names) expect(await log.append(name, 0, [data, new Uint8Array()])).toBe(true);
      for (const name of names) {
        const read = await log.read(name, 0);
        expect(read.kind === "entries" && read.entries).toEqual([data, new Uint8Array()]);
      }
      const listed: string[] = [];
      for await (const { stream } of log.streams()) listed.push(stream);
      expect(listed.sort()).toEqual([...names].sort());
    });

    test("takes notes for people, which change nothing", async () => {
      const log = await open();
      const notes = [1, 2].map((n) => ({ actor: "ada", kind: "written", subject: `entry ${n}` }));
      expect(await log.append("a", 0, numbered(1, 2), { notes })).toBe(true);
      expect(await log.append("a", 0, numbered(1, 2), { notes })).toBe(false);
      expect(entriesOf(await log.read("a", 0))).toEqual(["entry 1", "entry 2"]);
    });

    test("a large entry comes back whole", async () => {
      const log = await open();
      const large = new Uint8Array(3 * 1024 * 1024).map((_, i) => (i * 31) & 0xff);
      await log.append("a", 0, [large]);
      const read = await log.read("a", 0);
      expect(read.kind === "entries" && Buffer.from(read.entries[0] ?? []).equals(large)).toBe(true);
    });
  });
}

function describeRead(open: () => Promise<CommitLog>): void {
  describe("read", () => {
    test("gives nothing from a stream that is not there", async () => {
      const log = await open();
      expect(await log.read("a", 0)).toEqual({ kind: "entries", first: 1, entries: [] });
      for await (const { stream } of log.streams()) expect.unreachable(stream);
    });

    test("gives all of much data to whoever reads on until nothing comes", async () => {
      const log = await open();
      const sizes = [9, 1, 7, 0, 12, 5].map((megabytes) => megabytes * 1024 * 1024);
      await log.append(
        "a",
        0,
        sizes.map((size, i) => new Uint8Array(size).fill(i)),
      );
      const seen: number[] = [];
      for (;;) {
        const read = await log.read("a", seen.length);
        if (read.kind === "trimmed" || read.entries.length === 0) break;
        expect(read.first).toBe(seen.length + 1);
        seen.push(...read.entries.map((entry) => entry.length));
      }
      expect(seen).toEqual(sizes);
    });

    test("starts after the number given and stops at the limit", async () => {
      const log = await open();
      await log.append("a", 0, numbered(1, 10));
      expect(await log.read("a", 4, 3)).toEqual({ kind: "entries", first: 5, entries: numbered(5, 3) });
      expect(await log.read("a", 10)).toEqual({ kind: "entries", first: 11, entries: [] });
      expect(await log.read("a", Number.MAX_SAFE_INTEGER)).toEqual({ kind: "entries", first: 11, entries: [] });
      await log.trim("a", Number.MAX_SAFE_INTEGER);
      expect(await log.read("a", 0)).toEqual({ kind: "trimmed", through: 10 });
      expect(await log.append("a", 10, numbered(11, 1))).toBe(true);
    });
  });
}

function describeFollow(open: () => Promise<CommitLog>): void {
  describe("follow", () => {
    test("has no gap and no duplicate across what was there and what comes, from every number", async () => {
      const log = await open();
      await log.append("a", 0, numbered(1, 5));
      const followers = [0, 1, 2, 3, 4, 5].map((after) => collect(log, "a", { after, until: 30 }));
      for (let last = 5; last < 30; last++) await log.append("a", last, numbered(last + 1, 1));
      for (const [after, seen] of (await Promise.all(followers)).entries()) {
        expect(seen).toEqual(numbered(after + 1, 30 - after).map(text));
      }
    });

    test("follows a stream that does not exist yet", async () => {
      const log = await open();
      const follower = collect(log, "later", { after: 0, until: 2 });
      await log.append("later", 0, numbered(1, 2));
      expect(await follower).toEqual(["entry 1", "entry 2"]);
    });

    test("ends when the signal aborts, before or while it waits", async () => {
      const log = await open();
      const before = AbortSignal.abort();
      for await (const read of log.follow("a", 0, before)) expect.unreachable(read.kind);
      const later = new AbortController();
      const waiting = (async () => {
        for await (const read of log.follow("a", 0, later.signal)) expect.unreachable(read.kind);
      })();
      setImmediate(() => later.abort());
      await waiting;
    });
  });
}

async function collect(
  log: CommitLog,
  stream: string,
  { after, until }: { after: number; until: number },
): Promise<string[]> {
  const end = new AbortController();
  const seen: string[] = [];
  for await (const read of log.follow(stream, after, end.signal)) {
    seen.push(...entriesOf(read));
    if (after + seen.length >= until) end.abort();
  }
  return seen;
}
