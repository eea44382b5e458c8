import { createVariable, type NdArray, type Variable, type VariableExport } from "@trimtab/core";
import { describe, expect, test } from "vitest";
import { refusalOf } from "../test-parts/refusal-of.ts";
import { fromSafetensors, toSafetensors } from "./safetensors.ts";
import { decodeTensors, encodeTensors } from "./tensor-export.ts";

const bytes = (...data: number[]): NdArray => ({ dtype: "u8", shape: [data.length], data: Uint8Array.from(data) });

const tensor = (name: string, value: NdArray): Variable =>
  createVariable({ id: `var_${name}_1`, name, type: "tensor", payload: { kind: "array", value }, createdAtMs: 0 });

const exportOf = (...variables: Variable[]): VariableExport => ({
  session: "s",
  revision: 1,
  exportedAtMs: 0,
  variables,
  dependencies: [],
  history: new Map(),
});

test("arrays are tensors by the name of their variable; the rest is in the metadata", () => {
  const text = createVariable({
    id: "var_t_2",
    name: "t",
    type: "string",
    payload: { kind: "string", value: "x" },
    createdAtMs: 0,
  });
  const { tensors, metadata } = fromSafetensors(encodeTensors(exportOf(tensor("a", bytes(1, 2)), text)));
  expect(tensors).toEqual(new Map([["a", bytes(1, 2)]]));
  const [first, second] = JSON.parse(metadata.get("trimtab") ?? "").variables;
  expect([first.value, second.value]).toEqual([undefined, { string: "x" }]);
});

test("a variable that has the name of the metadata is in the metadata", () => {
  const data = exportOf(tensor("__metadata__", bytes(1)));
  expect(fromSafetensors(encodeTensors(data)).tensors.size).toBe(0);
  expect(decodeTensors(encodeTensors(data), 0)).toEqual(data);
});

describe("a file of another program", () => {
  const tensors = new Map([
    ["bias", { dtype: "f32", shape: [1], data: Uint8Array.of(0, 0, 0x80, 0x3f) } as const],
    ["scale", { dtype: "f64", shape: [], data: new Uint8Array(8) } as const],
  ]);

  test("becomes variables of type tensor", () => {
    const data = decodeTensors(toSafetensors({ tensors, metadata: new Map([["format", "pt"]]) }), 5);
    expect(data.variables.map(({ id, name, type, createdAtMs }) => ({ id, name, type, createdAtMs }))).toEqual([
      { id: "var_scale_1", name: "scale", type: "tensor", createdAtMs: 5 },
      { id: "var_bias_2", name: "bias", type: "tensor", createdAtMs: 5 },
    ]);
    expect(data.variables[1]?.payload).toEqual({ kind: "array", value: tensors.get("bias") });
  });

  test("may add tensors to one of ours, under ids of their own", () => {
    const { metadata, tensors: ours } = fromSafetensors(encodeTensors(exportOf(tensor("bias", bytes(1)))));
    const changed = toSafetensors({ metadata, tensors: new Map([...ours, ...tensors]) });
    expect(decodeTensors(changed, 0).variables.map(({ id, value }) => [id, value])).toEqual([
      ["var_bias_1", tensors.get("bias")],
      ["var_scale_1", tensors.get("scale")],
    ]);
  });
});

test("metadata that does not fit the tensors is refused", () => {
  const { metadata, tensors } = fromSafetensors(encodeTensors(exportOf(tensor("a", bytes(1)))));
  const read = (changed: Parameters<typeof toSafetensors>[0]) =>
    refusalOf(() => decodeTensors(toSafetensors(changed), 0));
  expect(read({ metadata })).toBe("data.variables[0] has neither a value nor a tensor");
  const text = (metadata.get("trimtab") ?? "").replace('"type":"tensor",', '"type":"tensor","value":{"boolean":true},');
  expect(read({ tensors, metadata: new Map([["trimtab", text]]) })).toBe(
    "data.variables[0] has both a value and a tensor",
  );
  expect(read({ tensors, metadata: new Map([["trimtab", "{"]]) })).toContain("data is no JSON");
});
