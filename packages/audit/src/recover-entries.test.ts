import type { Commit } from "@trimtab/core";
import { type CommitLog, createMemoryLog, LogError } from "@trimtab/log";
import { expect, test } from "vitest";
import { type AuditRecord, openAuditRecord } from "./audit-record.ts";
import { heardLog } from "./audited-log.ts";
import { readRecordEnd } from "./record-end.ts";
import { recoverCommits } from "./recover-entries.ts";
import type { AuditCodec } from "./stored-record.ts";
import { commitOf, jsonCodec } from "./test-parts/json-codec.ts";

const minute = 60_000;
const noon = Date.UTC(2026, 10, 22, 12);

interface Begun {
  readonly log: CommitLog;
  readonly commits: CommitLog<Commit>;
  readonly nowMs?: number;
  readonly codec?: AuditCodec;
}

/** A process that begins at a time, with what processes before have left. */
async function begin({ log, commits, nowMs = noon, codec = jsonCodec }: Begun) {
  const now = () => nowMs;
  const onError = (error: unknown) => expect.fail(String(error));
  const record = await openAuditRecord({ log, codec, now, onError });
  const end = await readRecordEnd({ log, codec, now, onError, sources: ["sessions"] });
  const { recover, hear } = await recoverCommits({ record, end, name: "sessions", source: commits });
  return { record, recover, audited: heardLog(commits, hear) };
}

const fresh = () => ({ log: createMemoryLog(), commits: createMemoryLog<Commit>() });

async function append(log: CommitLog<Commit>, session: string, revision: number, more: Partial<Commit> = {}) {
  expect(await log.append(session, revision - 1, [commitOf(session, revision, { atMs: noon, ...more })])).toBe(true);
}

/** What a process leaves that has entered a commit of session `s`, and its record. */
async function afterOne() {
  const kept = fresh();
  const first = await begin(kept);
  await append(first.audited, "s", 1);
  await first.record.settled();
  return { ...kept, record: first.record };
}

async function entered(record: AuditRecord, session: string): Promise<number[]> {
  await record.settled();
  const { items } = await record.listAuditEntries(session, { pageSize: 1000 });
  return items.map(({ revision }) => revision).toReversed();
}

test("what was not entered before a crash is entered at the next start, once", async () => {
  const kept = fresh();
  const first = await begin(kept);
  await first.recover();
  for (let i = 1; i <= 5; i++) await append(first.audited, "s", i);
  await append(first.audited, "old", 1, { atMs: 1000 });
  await first.record.settled();
  // Durable, but the process ends before anything was entered.
  for (const i of [6, 7]) await append(kept.commits, "s", i);
  await append(kept.commits, "t", 1);
  const second = await begin(kept);
  expect(await second.recover()).toBe(3);
  expect(await entered(second.record, "s")).toEqual([1, 2, 3, 4, 5, 6, 7]);
  expect(await entered(second.record, "t")).toEqual([1]);
  const third = await begin(kept);
  expect(await third.recover()).toBe(0);
});

test("what was done before the first entry was made is entered, and nothing of before there was a record", async () => {
  const kept = fresh();
  await append(kept.commits, "s", 1);
  const first = await begin({ ...kept, nowMs: noon + 1 });
  expect(await first.recover()).toBe(0);
  await append(kept.commits, "t", 1, { atMs: noon + 2 });
  const second = await begin(kept);
  expect(await second.recover()).toBe(1);
  expect(await entered(second.record, "t")).toEqual([1]);
});

test("what was done soon after a start with the clock set back is entered after a crash, too", async () => {
  const kept = await afterOne();
  const atMs = noon - 60 * minute;
  await begin({ ...kept, nowMs: atMs });
  await append(kept.commits, "t", 1, { atMs });
  const third = await begin({ ...kept, nowMs: atMs + minute });
  expect(await third.recover()).toBe(1);
  expect(await entered(third.record, "t")).toEqual([1]);
});

test("commits of a session whose times are ahead of the clock are entered as of the clock's, so that others are found", async () => {
  const kept = await afterOne();
  const atMs = noon - 60 * minute;
  const second = await begin({ ...kept, nowMs: atMs });
  await second.recover();
  await append(second.audited, "s", 2, { atMs: noon + 1 });
  await second.record.settled();
  const { items } = await second.record.listAuditEntries("s");
  expect(items.map(({ recordedAtMs }) => recordedAtMs)).toEqual([atMs, noon]);
  await append(kept.commits, "t", 1, { atMs: atMs + 1 });
  const third = await begin({ ...kept, nowMs: atMs + minute });
  expect(await third.recover()).toBe(1);
  expect(await entered(third.record, "t")).toEqual([1]);
});

test("commits of before the clock was set back are not entered again, however much was entered since", async () => {
  const kept = await afterOne();
  const atMs = noon - 60 * minute;
  const second = await begin({ ...kept, nowMs: atMs });
  await second.recover();
  for (let i = 1; i <= 6000; i++) await append(second.audited, "t", i, { atMs: atMs + i * 500 });
  await second.record.settled();
  const third = await begin({ ...kept, nowMs: atMs + 55 * minute });
  expect(await third.recover()).toBe(0);
  expect(await entered(third.record, "s")).toEqual([1]);
});

test("a commit that was entered is found, however much was entered at once after it", async () => {
  const kept = fresh();
  const first = await begin(kept);
  await append(first.audited, "s", 1);
  for (let i = 1; i <= 6000; i++) await append(first.audited, "t", i);
  await first.record.settled();
  const second = await begin(kept);
  expect(await second.recover()).toBe(0);
  expect(await entered(second.record, "s")).toEqual([1]);
});

test("what a process had no time to look for is looked for by the next one", async () => {
  const kept = await afterOne();
  await append(kept.commits, "t", 1);
  const second = await begin({ ...kept, nowMs: noon + 10 * minute });
  await append(second.audited, "u", 1, { atMs: noon + 10 * minute });
  await second.record.settled();
  const third = await begin({ ...kept, nowMs: noon + 20 * minute });
  expect(await third.recover()).toBe(1);
  expect(await entered(third.record, "t")).toEqual([1]);
});

test("a session's entries are in its order, also where it goes on while they are looked for", async () => {
  const kept = await afterOne();
  await append(kept.commits, "s", 2);
  const second = await begin(kept);
  await append(second.audited, "s", 3);
  await append(second.audited, "t", 1);
  expect(await entered(second.record, "s")).toEqual([1]);
  expect(await entered(second.record, "t")).toEqual([1]);
  expect(await second.recover()).toBe(1);
  await append(second.audited, "s", 4);
  expect(await entered(second.record, "s")).toEqual([1, 2, 3, 4]);
});

test("of a commit that was entered in part the rest is entered", async () => {
  const kept = fresh();
  const events = Array.from({ length: 1500 }, (_, i) => {
    const name = `x${i}`;
    return { kind: "variable-registered", id: `var_${name}_1`, name, type: "integer" } as Commit["events"][number];
  });
  let appends = 0;
  const first = await begin({
    ...kept,
    // The first 1000 entries are durable when the process ends.
    log: {
      ...kept.log,
      append: (stream, ...rest) =>
        stream === "audit" && ++appends > 1 ? new Promise(() => {}) : kept.log.append(stream, ...rest),
    },
  });
  await append(first.audited, "s", 1, { events });
  await expect.poll(() => appends).toBe(2);
  const second = await begin(kept);
  expect(await second.recover()).toBe(1);
  await second.record.settled();
  const names = new Set<string>();
  for (const pageToken of [undefined, "1001", "501"]) {
    const page = await second.record.listAuditEntries("s", { pageSize: 500, ...(pageToken && { pageToken }) });
    for (const { variableName } of page.items) names.add(variableName);
  }
  expect(names.size).toBe(1500);
  expect((await second.record.listAuditEntries("s", { pageSize: 1 })).items[0]?.id).toBe("0000000000001500");
});

test("all other sessions are entered where one cannot be read, and that is told", async () => {
  const kept = fresh();
  const first = await begin(kept);
  await append(first.audited, "r", 1);
  await first.record.settled();
  for (const id of ["s", "t"]) await append(kept.commits, id, 1);
  const read: CommitLog<Commit>["read"] = async (stream, ...rest) => {
    if (stream === "s") throw new Error("sealed");
    return kept.commits.read(stream, ...rest);
  };
  const second = await begin({ ...kept, commits: { ...kept.commits, read } });
  await expect(second.recover()).rejects.toThrow("all of the end of s is not known: sealed");
  expect(await entered(second.record, "t")).toEqual([1]);
});

test("what may be among entries that cannot be read any more is not entered again", async () => {
  const kept = fresh();
  const first = await begin(kept);
  await append(first.audited, "old", 1, { atMs: noon - 3 });
  for (let i = 1; i <= 4; i++) await append(first.audited, "s", i);
  await first.record.settled();
  await append(kept.commits, "s", 5);
  const second = await begin({ ...kept, codec: sealedThrough(2) });
  expect(await second.recover()).toBe(1);
  await second.record.settled();
  await expect(begin({ ...kept, codec: sealedThrough(6) })).rejects.toThrow("key old");
});

/** A codec for which entries up to one were sealed with a key that is missing. */
const sealedThrough = (last: number): AuditCodec => ({
  ...jsonCodec,
  decode(bytes, number) {
    if (number > last) return jsonCodec.decode(bytes, number);
    throw new LogError("unsupported", "what is stored was sealed with key old", { key: "old" });
  },
});

test("a note that is damaged keeps nobody from starting, nor what is missing from being entered", async () => {
  const kept = await afterOne();
  await append(kept.commits, "s", 2);
  const damaged = new LogError("damaged", "it is not what was written");
  const read: CommitLog["read"] = async (stream, ...rest) =>
    stream === "audit" ? kept.log.read(stream, ...rest) : Promise.reject(damaged);
  const told: unknown[] = [];
  const log = { ...kept.log, read };
  const onError = (error: unknown) => told.push(error);
  const end = await readRecordEnd({ log, codec: jsonCodec, sources: ["sessions"], now: () => noon, onError });
  const { record } = kept;
  const { recover } = await recoverCommits({ record, end, name: "sessions", source: kept.commits });
  expect(await recover()).toBe(1);
  expect(told).toEqual([damaged]);
  expect(await entered(record, "s")).toEqual([1, 2]);
});

test("where the note of a start cannot be kept that is told, and what is missing is entered all the same", async () => {
  const kept = await afterOne();
  await append(kept.commits, "s", 2);
  const told: unknown[] = [];
  const full = new Error("the disk is full");
  const log: CommitLog = {
    ...kept.log,
    append: (stream, ...rest) => (stream === "audit" ? kept.log.append(stream, ...rest) : Promise.reject(full)),
  };
  const end = await readRecordEnd({
    log,
    codec: jsonCodec,
    sources: ["sessions"],
    now: () => noon,
    onError: (error) => told.push(error),
  });
  const { record } = kept;
  const { recover } = await recoverCommits({ record, end, name: "sessions", source: kept.commits });
  expect(await recover()).toBe(1);
  await end.settled();
  expect(told).toEqual([full, full]);
  expect(await entered(record, "s")).toEqual([1, 2]);
});
