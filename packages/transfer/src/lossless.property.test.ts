import type { VariableExport } from "@trimtab/core";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { decodeExport } from "./decode-export.ts";
import { encodeExport } from "./encode-export.ts";
import { arbitraryExport } from "./test-parts/arbitrary-export.ts";
import { recogniseFormat, type TransferFormat, transferFormats } from "./transfer-format.ts";

const nowMs = 1_700_000_000_000;

const through = (data: VariableExport, format: TransferFormat): VariableExport =>
  decodeExport(encodeExport(data, format), undefined, { nowMs });

describe.each(["json", "binary"] as const)("%s", (format) => {
  test("holds everything, exactly", () => {
    fc.assert(
      fc.property(arbitraryExport, (data) => {
        expect(through(data, format)).toEqual(data);
      }),
      { numRuns: 300 },
    );
  });
});

test("csv holds each variable, exactly", () => {
  fc.assert(
    fc.property(arbitraryExport, (data) => {
      const nowhere = { session: "", revision: 0, exportedAtMs: nowMs, dependencies: [], history: new Map() };
      expect(through(data, "csv")).toEqual({ ...nowhere, variables: data.variables });
    }),
    { numRuns: 300 },
  );
});

test("safetensors holds everything but history, exactly", () => {
  fc.assert(
    fc.property(arbitraryExport, (data) => {
      expect(through(data, "safetensors")).toEqual({ ...data, history: new Map() });
    }),
    { numRuns: 300 },
  );
});

describe.each(Object.keys(transferFormats) as TransferFormat[])("%s", (format) => {
  test("is recognised, and the same data gives the same bytes", () => {
    fc.assert(
      fc.property(arbitraryExport, (data) => {
        const file = encodeExport(data, format);
        expect(recogniseFormat(file)).toBe(format);
        expect(encodeExport(through(data, format), format)).toEqual(file);
      }),
    );
  });
});
