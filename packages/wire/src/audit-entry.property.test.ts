import { fromBinary, toBinary } from "@bufbuild/protobuf";
import type { AuditEntry, AuditEvent } from "@trimtab/core";
import fc from "fast-check";
import { expect, test } from "vitest";
import { fromWireAuditEntry, fromWireAuditFilter, toWireAuditEntry, toWireAuditFilter } from "./audit-entry.ts";
import { fromWireAuditEvent, toWireAuditEvent } from "./audit-event.ts";
import { AuditEntrySchema, WatchAuditResponseSchema } from "./gen/trimtab/v1/audit_pb.ts";

const text = fc.string({ unit: "grapheme", maxLength: 20 });
const version = fc.integer({ min: 0, max: 2 ** 40 });
const outcome = fc.constantFrom("succeeded", "denied", "refused", "failed");

const entries: fc.Arbitrary<AuditEntry> = fc.record(
  {
    id: text,
    recordedAtMs: fc.integer({ min: 0, max: 4e12 }),
    session: text,
    callerSession: text,
    actor: text,
    principal: text,
    origin: fc.constantFrom("typescript", "python", "elixir", "other"),
    peer: fc.record({ address: text, userAgent: text, protocol: text }),
    action: text,
    permission: fc.constantFrom("read", "write", "observe", "optimize"),
    variableId: text,
    variableName: text,
    oldVersion: version,
    newVersion: version,
    study: text.filter((id) => id !== ""),
    trial: version,
    revision: version,
    outcome,
    reason: fc.constantFrom("access_denied", "not_found", "limit_exceeded"),
    basis: fc.constantFrom("owner", "variable-rule", "session-rule", "no-rule", "dependency", "principal", "process"),
    decidingRule: text.filter((id) => id !== ""),
    requestId: text.filter((id) => id !== ""),
  },
  {
    requiredKeys: [
      "id",
      "recordedAtMs",
      "session",
      "callerSession",
      "actor",
      "principal",
      "origin",
      "peer",
      "action",
      "variableId",
      "variableName",
      "revision",
      "outcome",
    ],
  },
);

test("entries of an audit come through the wire as they were", () => {
  fc.assert(
    fc.property(entries, (entry) => {
      const bytes = toBinary(AuditEntrySchema, toWireAuditEntry(entry));
      expect(fromWireAuditEntry(fromBinary(AuditEntrySchema, bytes))).toEqual(entry);
    }),
  );
});

test("filters come through the wire as they were", () => {
  const filter = {
    variable: "x",
    study: "first",
    actor: "ada",
    callerSession: "t",
    actions: ["SetVariable"],
    outcomes: ["denied"],
  } as const;
  expect(fromWireAuditFilter(toWireAuditFilter(filter))).toEqual(filter);
  expect(fromWireAuditFilter(undefined)).toEqual({});
  const unknown = { ...toWireAuditFilter(filter), outcomes: [9 as 1] };
  expect(() => fromWireAuditFilter(unknown)).toThrow("filter.outcomes[0] is the unknown choice 9");
});

test("what a watch tells comes through the wire as it was", () => {
  const event: fc.Arbitrary<AuditEvent> = fc.oneof(
    fc.record({ kind: fc.constant("entry" as const), token: text, entry: entries }),
    fc.record({ kind: fc.constant("bookmark" as const), token: text }),
    fc.record(
      { kind: fc.constant("gap" as const), token: text, keptSinceMs: fc.integer({ min: 0, max: 4e12 }) },
      { requiredKeys: ["kind", "token"] },
    ),
  );
  fc.assert(
    fc.property(event, (told) => {
      const bytes = toBinary(WatchAuditResponseSchema, toWireAuditEvent(told));
      expect(fromWireAuditEvent(fromBinary(WatchAuditResponseSchema, bytes))).toEqual(told);
    }),
  );
});
