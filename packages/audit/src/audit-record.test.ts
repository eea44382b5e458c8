import { createMemoryLog, LogError } from "@trimtab/log";
import { describe, expect, onTestFinished, test } from "vitest";
import { type AuditRecordOptions, openAuditRecord } from "./audit-record.ts";
import { decodeSealed, encodeSealed, seal } from "./chain.ts";
import type { AuditDraft } from "./commit-entries.ts";
import { type AuditCodec, auditStream, endOfFirstPart } from "./stored-record.ts";
import { commitOf, jsonCodec } from "./test-parts/json-codec.ts";
import { verifyChain } from "./verify-chain.ts";

async function open(options: Partial<AuditRecordOptions> = {}) {
  const log = options.log ?? createMemoryLog();
  const errors: unknown[] = [];
  const record = await openAuditRecord({ log, codec: jsonCodec, onError: (error) => errors.push(error), ...options });
  onTestFinished(() => record.close());
  return { log, record, errors };
}

const denial: AuditDraft = {
  recordedAtMs: 1_795_000_001_000,
  session: "s",
  callerSession: "t",
  actor: "t",
  principal: "bob",
  origin: "python",
  peer: { address: "192.0.2.7", userAgent: "x", protocol: "grpc" },
  action: "SetVariable",
  permission: "write",
  variableId: "",
  variableName: "s/x",
  revision: 0,
  outcome: "denied",
  reason: "access_denied",
  decidingRule: "r1",
};

describe("a record", () => {
  test("tells changes with their versions and denials with their rule, newest first, to those they are about", async () => {
    const { record } = await open();
    const via = {
      principal: "ada",
      session: "u",
      action: "SetVariable",
      address: "::1",
      userAgent: "y",
      protocol: "connect",
    };
    record.commit(commitOf("s", 1, { via, requestId: "q" }));
    record.commit(commitOf("other", 1));
    await record.refuse(denial);
    const { items, nextPageToken } = await record.listAuditEntries("s");
    expect(nextPageToken).toBeUndefined();
    expect(items).toEqual([
      { id: "0000000000000003", ...denial },
      {
        id: "0000000000000001",
        recordedAtMs: 1_795_000_000_001,
        session: "s",
        callerSession: "u",
        actor: "ada",
        principal: "ada",
        origin: "typescript",
        peer: { address: "::1", userAgent: "y", protocol: "connect" },
        action: "SetVariable",
        variableId: "var_x_1",
        variableName: "x",
        oldVersion: 0,
        newVersion: 1,
        revision: 1,
        outcome: "succeeded",
        requestId: "q",
      },
    ]);
    expect((await record.listAuditEntries("t")).items).toHaveLength(1);
    expect((await record.listAuditEntries("nobody")).items).toEqual([]);
  });

  test("has no values in it", async () => {
    const { log, record } = await open();
    const secret = { kind: "string", value: "swordfish" } as const;
    const events = [
      { kind: "variable-set", id: "v", name: "x", version: 1, payload: secret, previous: secret },
    ] as const;
    record.commit(commitOf("s", 1, { events, metadata: { why: "swordfish" } }));
    await record.settled();
    const read = await log.read(auditStream, 0);
    expect(read.kind === "entries" && Buffer.concat(read.entries).includes("swordfish")).toBe(false);
  });

  test("is paged through, with a filter or without", async () => {
    const { record } = await open();
    for (let i = 1; i <= 1234; i++) record.commit(commitOf(i % 2 === 0 ? "s" : "t", i));
    await record.settled();
    const all = async (options: Parameters<typeof record.listAuditEntries>[1]) => {
      const found = [];
      let pageToken: string | undefined;
      do {
        const page = await record.listAuditEntries("s", { ...options, ...(pageToken !== undefined && { pageToken }) });
        found.push(...page.items);
        pageToken = page.nextPageToken;
      } while (pageToken !== undefined);
      return found.map(({ revision }) => revision);
    };
    const even = Array.from({ length: 617 }, (_, i) => 1234 - 2 * i);
    expect(await all({ pageSize: 100 })).toEqual(even);
    const [fromMs, toMs] = [1_795_000_000_100, 1_795_000_000_200];
    expect(await all({ pageSize: 7, fromMs, toMs })).toEqual(even.filter((n) => n >= 100 && n < 200));
    expect(await all({ filter: { outcomes: ["denied"] } })).toEqual([]);
    expect(await all({ filter: { variable: "x", actor: "ada", actions: ["VariableSet"] } })).toHaveLength(617);
    await expect(record.listAuditEntries("s", { pageSize: 0 })).rejects.toMatchObject({ reason: "invalid_argument" });
    await expect(record.listAuditEntries("s", { pageToken: "x" })).rejects.toMatchObject({
      reason: "invalid_argument",
    });
  });

  test("tells what is of a time although the clock was set back since", async () => {
    const { record } = await open();
    for (let i = 1; i <= 10; i++) record.commit(commitOf("s", i));
    await record.settled();
    const nowMs = (await record.listAuditEntries("s")).items[0]?.recordedAtMs ?? Number.NaN;
    for (let i = 0; i < 600; i++) void record.refuse({ ...denial, recordedAtMs: nowMs - 3_600_000 });
    await record.settled();
    const { items } = await record.listAuditEntries("s", { fromMs: nowMs - 60_000 });
    expect(items.map(({ revision }) => revision)).toEqual([10, 9, 8, 7, 6, 5, 4, 3, 2, 1]);
    expect((await record.listAuditEntries("s", { fromMs: nowMs + 1 })).items).toEqual([]);
  });

  test("goes on where it ended, and keeps as many entries as it is to", async () => {
    const log = createMemoryLog();
    const first = await open({ log, keptEntries: 100 });
    for (let i = 1; i <= 150; i++) first.record.commit(commitOf("s", i));
    await first.record.close();
    const { record } = await open({ log, keptEntries: 100 });
    record.commit(commitOf("s", 151));
    await record.settled();
    const { items } = await record.listAuditEntries("s", { pageSize: 1000 });
    expect(items.map(({ revision }) => revision)).toEqual(Array.from({ length: 101 }, (_, i) => 151 - i));
    expect(await verifyChain(log)).toMatchObject({ kind: "intact", entries: 101, head: { number: 151 } });
  });

  test("keeps every entry where it is to keep without end", async () => {
    const { record } = await open({ keptEntries: Number.POSITIVE_INFINITY });
    for (let i = 1; i <= 150; i++) record.commit(commitOf("s", i));
    await record.settled();
    expect((await record.listAuditEntries("s", { pageSize: 1000 })).items).toHaveLength(150);
  });

  test("tries again what could not be kept, and tells so", async () => {
    const memory = createMemoryLog();
    let failures = 1;
    const log: typeof memory = {
      ...memory,
      append: (...args) =>
        failures-- > 0 ? Promise.reject(new LogError("full", "the disk is full")) : memory.append(...args),
    };
    const { record, errors } = await open({ log });
    await record.refuse(denial);
    expect(errors).toHaveLength(1);
    expect((await record.listAuditEntries("s")).items).toHaveLength(1);
  });

  test("keeps nobody waiting for a disk that refuses but who was denied something, and tells of it once", async () => {
    const memory = createMemoryLog();
    let isFull = true;
    const log: typeof memory = {
      ...memory,
      append: (...args) => (isFull ? Promise.reject(new LogError("full", "the disk is full")) : memory.append(...args)),
    };
    const { record, errors } = await open({ log });
    let isToldSo = false;
    const denied = record.refuse(denial).then(() => {
      isToldSo = true;
    });
    for (const outcome of ["refused", "failed"] as const) await record.refuse({ ...denial, outcome });
    expect(isToldSo).toBe(false);
    isFull = false;
    await denied;
    expect((await record.listAuditEntries("s")).items.map(({ outcome }) => outcome)).toEqual([
      "failed",
      "refused",
      "denied",
    ]);
    expect(errors).toHaveLength(1);
  });
});

/** A codec for which entries up to one were sealed with a key that is missing. */
const sealedThrough = (last: number): AuditCodec => ({
  ...jsonCodec,
  decode(bytes, number) {
    if (number > last) return jsonCodec.decode(bytes, number);
    throw new LogError("unsupported", "what is stored was sealed with key old", { key: "old" });
  },
});

test("a record is listed and watched as far as it can be read, and says which key is missing", async () => {
  const before = await open();
  const { value: bookmark } = await before.record.watchAudit("even")[Symbol.asyncIterator]().next();
  for (let i = 1; i <= 10; i++) before.record.commit(commitOf(i % 2 === 0 ? "even" : "odd", i));
  await before.record.settled();
  const { record } = await open({ log: before.log, codec: sealedThrough(5) });
  const missing = { reason: "data_loss", details: { session: "even", key: "old" } };
  const { items, nextPageToken = "" } = await record.listAuditEntries("even");
  expect(items.map(({ revision }) => revision)).toEqual([10, 8, 6]);
  await expect(record.listAuditEntries("even", { pageToken: nextPageToken })).rejects.toMatchObject(missing);
  await expect(record.listAuditEntries("other")).rejects.toMatchObject({ reason: "data_loss" });
  const resumed = record.watchAudit("even", { after: bookmark?.token ?? "" })[Symbol.asyncIterator]();
  await expect(resumed.next()).rejects.toMatchObject(missing);
});

describe("a record that somebody has changed", () => {
  async function forge(change: (stored: Uint8Array[]) => void) {
    const { log, record } = await open();
    for (let i = 1; i <= 10; i++) record.commit(commitOf("s", i));
    await record.settled();
    const read = await log.read(auditStream, 0);
    const stored = read.kind === "entries" ? read.entries.map((entry) => new Uint8Array(entry)) : [];
    change(stored);
    const forged = createMemoryLog();
    await forged.append(auditStream, 0, stored);
    return verifyChain(forged);
  }
  test("is found where whoever checks it does not accept an entry", async () => {
    const { log, record } = await open();
    for (let i = 1; i <= 10; i++) record.commit(commitOf("s", i));
    await record.settled();
    const seen: number[] = [];
    const accepts = (_: Uint8Array, number: number) => seen.push(number) < 7;
    expect(await verifyChain(log, accepts)).toEqual({ kind: "broken", number: 7, why: "refused" });
    expect(seen).toEqual([1, 2, 3, 4, 5, 6, 7]);
  });

  const entryOf = (bytes: Uint8Array | undefined) => decodeSealed(bytes ?? new Uint8Array()) ?? expect.fail();

  test("is found, and the first entry that is wrong is named", async () => {
    expect(await forge(() => {})).toMatchObject({ kind: "intact", entries: 10 });
    expect(await forge((stored) => void stored[4]?.fill(32, 80, 90))).toEqual({
      kind: "broken",
      number: 5,
      why: "changed",
    });
    expect(await forge((stored) => void stored.splice(4, 1))).toEqual({
      kind: "broken",
      number: 5,
      why: "does not follow",
    });
    expect(await forge((stored) => void stored.splice(3, 2, ...stored.slice(3, 5).reverse()))).toMatchObject({
      number: 4,
    });
    expect(await forge((stored) => void stored.splice(0, 1))).toEqual({
      kind: "broken",
      number: 1,
      why: "does not follow",
    });
    // Sealed anew, the entry is sound in itself, and the next one gives it away.
    const reseal = (stored: Uint8Array[]) => {
      const { previous } = entryOf(stored[4]);
      stored[4] = encodeSealed(seal(previous, new TextEncoder().encode("{}")));
    };
    expect(await forge(reseal)).toEqual({ kind: "broken", number: 6, why: "does not follow" });
  });
});

test("where the first part of a record ends is found, also where some of it is trimmed", async () => {
  const { log, record } = await open();
  expect(await endOfFirstPart(log, () => true)).toBe(0);
  for (let i = 1; i <= 100; i++) record.commit(commitOf("s", i, { actor: i <= 60 ? "ada" : "bob" }));
  await record.settled();
  const isAdas = (entry: Uint8Array) => Buffer.from(entry).includes("ada");
  expect(await endOfFirstPart(log, isAdas)).toBe(60);
  await log.trim(auditStream, 40);
  expect(await endOfFirstPart(log, isAdas)).toBe(60);
  await log.trim(auditStream, 80);
  expect(await endOfFirstPart(log, isAdas)).toBe(80);
  expect(await endOfFirstPart(log, () => true)).toBe(100);
});
