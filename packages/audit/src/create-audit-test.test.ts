import { createMemoryLog } from "@trimtab/log";
import { expect, onTestFinished, test } from "vitest";
import { openAuditRecord } from "./audit-record.ts";
import { jsonCodec } from "./test-parts/json-codec.ts";

const long = "x".repeat(513);

test.each([
  [{ actions: Array(101).fill("") }, { field: "filter.actions", limit: 100, value: 101 }],
  [{ outcomes: Array(101).fill("denied") }, { field: "filter.outcomes", limit: 100, value: 101 }],
  [{ actions: ["SetVariable", long] }, { field: "filter.actions[1]", limit: 512, value: 513 }],
  [{ variable: long }, { field: "filter.variable", limit: 512, value: 513 }],
  [{ study: long }, { field: "filter.study", limit: 512, value: 513 }],
  [{ actor: long }, { field: "filter.actor", limit: 512, value: 513 }],
  [{ callerSession: long }, { field: "filter.callerSession", limit: 512, value: 513 }],
])("a filter that each entry would be held against for long is refused", async (filter, details) => {
  const record = await openAuditRecord({
    log: createMemoryLog(),
    codec: jsonCodec,
    onError: (error) => expect.fail(String(error)),
  });
  onTestFinished(() => record.close());
  const refused = { reason: "invalid_argument", details };
  await expect(record.listAuditEntries("s", { filter })).rejects.toMatchObject(refused);
  await expect(record.watchAudit("s", { filter })[Symbol.asyncIterator]().next()).rejects.toMatchObject(refused);
});
