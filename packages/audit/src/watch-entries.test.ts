import type { AuditEvent } from "@trimtab/core";
import { createMemoryLog } from "@trimtab/log";
import { expect, onTestFinished, test } from "vitest";
import { type AuditRecordOptions, openAuditRecord } from "./audit-record.ts";
import { commitOf, jsonCodec } from "./test-parts/json-codec.ts";

async function open(options: Partial<AuditRecordOptions> = {}) {
  const log = options.log ?? createMemoryLog();
  const onError = (error: unknown) => expect.fail(String(error));
  const record = await openAuditRecord({ log, codec: jsonCodec, bookmarkIntervalMs: 60_000, onError, ...options });
  onTestFinished(() => record.close());
  return { log, record };
}

type Opened = Awaited<ReturnType<typeof open>>["record"];

function watching(record: Opened, options: Parameters<Opened["watchAudit"]>[1] = {}) {
  const events = record.watchAudit("s", options)[Symbol.asyncIterator]();
  onTestFinished(async () => void (await events.return?.()));
  return async (): Promise<AuditEvent> => {
    const { value, done } = await events.next();
    return done === true ? expect.fail("the watch has ended") : value;
  };
}

async function fill(record: Opened, from: number, to: number): Promise<void> {
  for (let i = from; i <= to; i++) record.commit(commitOf("s", i));
  await record.settled();
}

const idOf = (event: AuditEvent) => (event.kind === "entry" ? Number(event.entry.id) : event.kind);

test("a watch says where it begins, and tells what comes as it comes", async () => {
  const { record } = await open();
  await fill(record, 1, 3);
  const next = watching(record);
  expect(await next()).toMatchObject({ kind: "bookmark", token: expect.stringMatching(/^3\./) });
  const coming = next();
  await fill(record, 4, 5);
  expect([await coming, await next()].map(idOf)).toEqual([4, 5]);
});

test("where nothing fits, bookmarks go on, from which nothing is told twice", async () => {
  const { record } = await open({ bookmarkIntervalMs: 5 });
  const next = watching(record, { filter: { actor: "nobody" } });
  await next();
  await fill(record, 1, 10);
  let event = await next();
  while (!event.token.startsWith("10.")) event = await next();
  expect(event.kind).toBe("bookmark");
  const on = watching(record, { after: event.token });
  await fill(record, 11, 11);
  for (event = await on(); event.kind === "bookmark"; ) event = await on();
  expect(idOf(event)).toBe(11);
});

test("what is no longer kept is said to be missing, and so is all that another record had", async () => {
  const { log, record } = await open({ keptEntries: 100 });
  const first = watching(record);
  const { token } = await first();
  await fill(record, 1, 5000);
  const trimmed = await log.read("audit", 0);
  const through = trimmed.kind === "trimmed" ? trimmed.through : expect.fail("nothing was trimmed");
  const late = watching(record, { after: token });
  expect(await late()).toMatchObject({ kind: "gap", keptSinceMs: 1_795_000_000_001 + through });
  expect(idOf(await late())).toBe(through + 1);

  const other = await open();
  await fill(other.record, 1, 2);
  for (const strange of [`1.${"0".repeat(16)}`, `2.${"a".repeat(16)}`, `900.${"a".repeat(16)}`]) {
    const next = watching(other.record, { after: strange });
    expect([await next(), await next(), await next()].map(idOf)).toEqual(["gap", 1, 2]);
  }
  await expect(watching(record, { after: "tomorrow" })()).rejects.toMatchObject({
    reason: "invalid_argument",
    details: { field: "after" },
  });
});

test("a reader that takes its time is told all, from the log where it has fallen behind the others", async () => {
  const { record } = await open();
  const next = watching(record);
  await next();
  await fill(record, 1, 1);
  const told = [idOf(await next())];
  await fill(record, 2, 12_000);
  while (told.length < 12_000) told.push(idOf(await next()));
  expect(told).toEqual(Array.from({ length: 12_000 }, (_, i) => i + 1));
});

test("a watch ends with its signal, its reader and its record, also while it waits", async () => {
  const { record } = await open();
  const stop = new AbortController();
  const signalled = record.watchAudit("s", { signal: stop.signal })[Symbol.asyncIterator]();
  const left = record.watchAudit("s")[Symbol.asyncIterator]();
  const closed = record.watchAudit("s")[Symbol.asyncIterator]();
  for (const each of [signalled, left, closed]) await each.next();
  const ends = [signalled.next(), left.next(), closed.next()];
  stop.abort();
  await left.return?.();
  await record.close();
  expect((await Promise.all(ends)).map(({ done }) => done)).toEqual([true, true, true]);
});

test("what is trimmed while it is read is told as a gap, and nothing of it under another number", async () => {
  const { log, record } = await open();
  const first = await watching(record)();
  await fill(record, 1, 10);
  let reads = 0;
  const few: typeof log = {
    ...log,
    async read(stream, after, limit = 2) {
      // The first looks at what the token speaks of.
      if (++reads === 3) await log.trim(stream, 6);
      return log.read(stream, after, Math.min(limit, 2));
    },
  };
  const { record: again } = await open({ log: few });
  reads = 0;
  const next = watching(again, { after: first.token });
  const events = [];
  for (let i = 0; i < 7; i++) events.push(await next());
  expect(events.map(idOf)).toEqual([1, 2, "gap", 7, 8, 9, 10]);
  expect(events.map(({ token }) => Number(token.split(".")[0]))).toEqual([1, 2, 6, 7, 8, 9, 10]);
});
