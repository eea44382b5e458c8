import { isStoreError } from "@trimtab/core";
import { describeArguments } from "@trimtab/core/conformance";
import { createMemoryLog } from "@trimtab/log";
import { expect, test } from "vitest";
import { openAuditRecord } from "./audit-record.ts";
import { auditedLog, heardLog } from "./audited-log.ts";
import { type AuditDraft, entriesOfCommit } from "./commit-entries.ts";
import { noteOfEntry } from "./note-of-entry.ts";
import { readRecordEnd } from "./record-end.ts";
import { recoverCommits, recoverEntries } from "./recover-entries.ts";
import { endOfFirstPart } from "./stored-record.ts";
import { commitOf, jsonCodec } from "./test-parts/json-codec.ts";
import { verifyChain } from "./verify-chain.ts";

/** Of a class of its own, so that nothing in it is replaced. */
const whole = <T extends object>(parts: T): T => Object.assign(Object.create({}), parts);

const [draft = undefined as never] = entriesOfCommit(commitOf("s", 1));
const codec = whole(jsonCodec);
const signal = AbortSignal.abort();

async function open() {
  const log = whole(createMemoryLog());
  const errors: unknown[] = [];
  const record = await openAuditRecord({ log, codec, onError: (error) => errors.push(error) });
  const state = async () => {
    await record.settled();
    const { items } = await record.listAuditEntries("s");
    return [items, errors];
  };
  return { record, state, log, close: () => record.close() };
}

const { record, log } = await open();
const end = whole(await readRecordEnd({ log, codec, sources: ["sessions"] }));
const made = { state: async () => undefined, isThrowing: true };

describeArguments(
  "a record of an audit",
  async () => {
    const { record, ...harness } = await open();
    return { ...harness, isThrowing: true, calls: record };
  },
  {
    commit: [whole(commitOf("s", 1))],
    enter: [[whole(draft)]],
    refuse: [whole(draft)],
    listAuditEntries: [
      "s",
      {
        pageSize: 10,
        pageToken: undefined,
        filter: {
          variable: "x",
          study: undefined,
          actor: "ada",
          callerSession: "s",
          actions: ["A"],
          outcomes: ["denied"],
        },
        fromMs: 0,
        toMs: 1,
      },
    ],
    watchAudit: ["s", { filter: { variable: "x" }, after: undefined, signal }],
    settled: [],
    close: [],
  },
);

describeArguments(
  "what records are made of",
  async () => ({
    ...made,
    calls: { openAuditRecord, readRecordEnd, recoverEntries, recoverCommits, endOfFirstPart, verifyChain },
  }),
  {
    openAuditRecord: [
      {
        log,
        codec,
        keptEntries: 1,
        note: noteOfEntry,
        bookmarkIntervalMs: 1000,
        now: () => 1,
        onEntries: () => {},
        onError: () => {},
      },
    ],
    readRecordEnd: [{ log, codec, sources: ["sessions"], now: () => 1, onError: () => {} }],
    recoverEntries: [{ record: whole(record), end, name: "sessions", source: log, draftsOf: () => [] }],
    recoverCommits: [{ record: whole(record), end, name: "sessions", source: log }],
    endOfFirstPart: [log, () => true],
    verifyChain: [log, () => true],
  },
);

describeArguments(
  "logs and entries",
  async () => ({ ...made, calls: { auditedLog, heardLog, entriesOfCommit, noteOfEntry } }),
  {
    auditedLog: [log, whole(record)],
    heardLog: [log, () => {}],
    entriesOfCommit: [whole(commitOf("s", 1))],
    noteOfEntry: [whole({ id: "1", ...draft })],
  },
);

test.each([0, -1, 1.5, Number.NaN, null, "10"])(
  "%s entries are not kept: the next would follow on none",
  async (keptEntries) => {
    const opening = openAuditRecord({ log, codec, onError: () => {}, keptEntries: keptEntries as never });
    await expect(opening).rejects.toMatchObject({ reason: "invalid_argument", details: { field: "keptEntries" } });
  },
);

test("what cannot be entered keeps nothing else out of the record", async () => {
  const { record, state } = await open();
  for (const wrong of [undefined, null, {}, { ...draft, recordedAtMs: Number.NaN }]) {
    const entering = (async () => record.enter([draft, wrong as unknown as AuditDraft]))();
    expect(isStoreError(await entering.catch((error: unknown) => error), "invalid_argument")).toBe(true);
  }
  record.enter([draft]);
  expect(await record.settled()).toBe(true);
  expect(await state()).toMatchObject([[{ session: "s" }], []]);
});

test("a log of a class is heard as any other, with all of its methods", async () => {
  class Log {
    readonly #log = createMemoryLog<string>();
    gathered = 0;
    append = this.#log.append;
    gather() {
      this.gathered++;
    }
    read(...args: Parameters<typeof log.read>) {
      return this.#log.read(...args);
    }
    follow(...args: Parameters<typeof log.follow>) {
      return this.#log.follow(...args);
    }
    trim(...args: Parameters<typeof log.trim>) {
      return this.#log.trim(...args);
    }
    before(...args: Parameters<typeof log.before>) {
      return this.#log.before(...args);
    }
    streams() {
      return this.#log.streams();
    }
  }
  const below = new Log();
  const heard: unknown[] = [];
  const above = heardLog(below, (entry, place) => heard.push([entry, place]));
  expect(await above.append("s", 0, ["one"])).toBe(true);
  expect(await above.read("s", 0)).toEqual({ kind: "entries", first: 1, entries: ["one"] });
  above.gather?.(() => {}, 1);
  expect([heard, below.gathered]).toEqual([[["one", { stream: "s", number: 1 }]], 1]);
});
