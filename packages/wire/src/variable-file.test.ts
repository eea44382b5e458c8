import { create, toBinary } from "@bufbuild/protobuf";
import { type Dependency, isStoreError, StoreError, type VariableExport } from "@trimtab/core";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { ImportSummarySchema, VariableFileSchema } from "./gen/trimtab/v1/transfer_pb.ts";
import { fromWireImportSummary, fromWireStrategy, toWireImportSummary } from "./import-summary.ts";
import { payload, record, text, timeMs, variable, whole } from "./test-parts/arbitraries.ts";
import { throughBinary } from "./test-parts/through-the-wire.ts";
import { decodeVariableFile, encodeVariableFile } from "./variable-file.ts";

const dependency: fc.Arbitrary<Dependency> = fc.record({
  variable: text,
  dependsOn: text,
  kind: fc.constantFrom("data", "constraint", "optimization"),
  metadata: record,
  createdAtMs: timeMs,
  revision: whole,
});

const data: fc.Arbitrary<VariableExport> = fc.record({
  session: text,
  revision: whole,
  exportedAtMs: timeMs,
  variables: fc.array(variable, { maxLength: 3 }),
  dependencies: fc.array(dependency, { maxLength: 3 }),
  history: fc
    .array(fc.tuple(text, fc.array(payload, { maxLength: 2 })), { maxLength: 3 })
    .map((entries) => new Map(entries.map(([id, payloads]) => [id, payloads.map(versionOf)]))),
});

const versionOf = (_: unknown, version: number) =>
  ({
    version,
    updatedAtMs: version,
    updatedBy: "ada",
    origin: "python",
    metadata: {},
    revision: version + 1,
  }) as const;

const fileWith = (change: object) => {
  const file = { format: "trimtab-variables", version: 1, exportedAt: { seconds: 0n }, ...change };
  return toBinary(VariableFileSchema, create(VariableFileSchema, file));
};

describe("a file of variables", () => {
  test("is read up to the layout and the revisions that are known, which what is beyond them is told", () => {
    const detailsOf = (change: object): unknown => {
      try {
        return decodeVariableFile(fileWith(change));
      } catch (error) {
        return isStoreError(error, "invalid_argument") && error.details;
      }
    };
    expect(detailsOf({ version: 2 })).toEqual({ field: "data", limit: 1, value: 2 });
    const value = String(2n ** 53n);
    const beyond = { field: "data.revision", limit: 2 ** 53 - 1, value };
    expect(detailsOf({ revision: 2n ** 53n })).toEqual(beyond);
  });

  test("holds everything exactly", () => {
    fc.assert(
      fc.property(data, (each) => {
        const back = decodeVariableFile(encodeVariableFile(each));
        expect({ ...back, history: undefined }).toEqual({ ...each, history: undefined });
        expect(new Map([...back.history].sort())).toEqual(new Map([...each.history].sort()));
      }),
    );
  });

  test.each([
    ["other bytes", Uint8Array.of(0xff, 0xff)],
    ["another format", fileWith({ format: "csv" })],
    ["a later layout", fileWith({ version: 2 })],
    ["no time", fileWith({ exportedAt: undefined })],
    ["a variable without a value", fileWith({ variables: [{ id: "x" }] })],
  ] as const)("is refused where it is %s", (_, bytes) => {
    try {
      decodeVariableFile(bytes);
      expect.fail("it is refused");
    } catch (error) {
      if (!isStoreError(error, "invalid_argument")) throw error;
      expect(error.details.field).toMatch(/^data/);
    }
  });
});

describe("an import's summary", () => {
  const refusal = new StoreError({ reason: "read_only", message: "x is read-only", details: { variable: "x" } });
  const summary = {
    session: "s",
    revision: 4,
    created: 1,
    updated: 2,
    kept: 3,
    refused: 1,
    dependencies: 5,
    items: [
      { name: "a", sourceId: "1", id: "2", outcome: "created" },
      { name: "x", sourceId: "3", id: "", outcome: "refused", refusal },
    ],
  } as const;

  test("comes back exactly", () => {
    const wire = throughBinary(ImportSummarySchema, toWireImportSummary(summary));
    const back = fromWireImportSummary(wire, { session: "s", revision: 4 });
    expect({ ...back, items: back.items.map(({ refusal: _, ...item }) => item) }).toEqual({
      ...summary,
      items: summary.items.map(({ name, sourceId, id, outcome }) => ({ name, sourceId, id, outcome })),
    });
    expect(back.items[1]?.refusal?.toRefusal()).toEqual(refusal.toRefusal());
  });

  test("keeps what is there where no strategy is said, and knows the others", () => {
    expect([0, 1, 2, 3].map((strategy) => fromWireStrategy(strategy as 0))).toEqual([
      "keep",
      "keep",
      "replace",
      "merge",
    ]);
    expect(() => fromWireStrategy(9 as 0)).toThrow("merge_strategy is the unknown choice 9");
  });
});
