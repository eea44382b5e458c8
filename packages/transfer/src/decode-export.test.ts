import { createVariable, type VariableExport } from "@trimtab/core";
import { describe, expect, test } from "vitest";
import { decodeExport } from "./decode-export.ts";
import { encodeExport } from "./encode-export.ts";
import { refusalOf } from "./test-parts/refusal-of.ts";
import { isTransferFormat, recogniseFormat, type TransferFormat, transferFormats } from "./transfer-format.ts";

const variable = (id: string, name: string) =>
  createVariable({ id, name, type: "float", payload: { kind: "number", value: 1 }, createdAtMs: 0 });

const exportOf = (...variables: ReturnType<typeof variable>[]): VariableExport => ({
  session: "s",
  revision: 1,
  exportedAtMs: 0,
  variables,
  dependencies: [],
  history: new Map(),
});

describe.each(Object.keys(transferFormats) as TransferFormat[])("%s", (format) => {
  test("without variables is a file too", () => {
    const file = encodeExport(exportOf(), format);
    expect(recogniseFormat(file)).toBe(format);
    expect(decodeExport(file).variables).toEqual([]);
  });

  test("with two variables of one name or id is refused", () => {
    const read = (...variables: ReturnType<typeof variable>[]) =>
      refusalOf(() => decodeExport(encodeExport(exportOf(...variables), format)));
    expect(read(variable("a", "x"), variable("b", "x"))).toBe('data.variables[1].name is "x", as that of variables[0]');
    expect(read(variable("a", "x"), variable("a", "y"))).toBe('data.variables[1].id is "a", as that of variables[0]');
  });

  test("read as another format is refused", () => {
    const file = encodeExport(exportOf(variable("a", "x")), format);
    for (const other of Object.keys(transferFormats) as TransferFormat[]) {
      if (other !== format) expect(refusalOf(() => decodeExport(file, other))).toMatch(/^data/);
    }
  });
});

test("what is no format and what is no file is refused", () => {
  expect(["json", "csv", "toString", 1].map(isTransferFormat)).toEqual([true, true, false, false]);
  expect(refusalOf(() => encodeExport(exportOf(), "yaml" as never))).toContain("format must be one of json, binary");
  expect(refusalOf(() => decodeExport(Uint8Array.of(), "yaml" as never))).toContain("got yaml");
  expect(refusalOf(() => decodeExport("{}" as never))).toBe("data must be bytes");
  expect(refusalOf(() => decodeExport(Uint8Array.of()))).toBe("data is empty");
  expect(refusalOf(() => decodeExport(Uint8Array.of(1, 2, 3)))).toBe("data is none of json, binary, csv, safetensors");
  expect(refusalOf(() => decodeExport(new TextEncoder().encode("a,b\n1,2\n")))).toContain("is none of");
});

test("variables without a name or id are refused", () => {
  expect(refusalOf(() => decodeExport(encodeExport(exportOf(variable("a", "")), "json")))).toBe(
    "data.variables[0].name is empty",
  );
});
