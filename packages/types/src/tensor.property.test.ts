import { dtypes, elementCount } from "@trimtab/core";
import { describeType } from "@trimtab/core/conformance";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { type NestedList, tensorFromNested, tensorType, toNested } from "./tensor.ts";
import { element, holdsFinite, nestBy, tensorInputs } from "./test-parts/arbitrary-tensor.ts";

describeType({
  type: tensorType,
  longestList: 2 ** 32 - 1,
  constraints: fc.record(
    {
      shape: fc.array(fc.oneof(fc.nat(3), fc.constantFrom(null, -1)), { maxLength: 3 }),
      dtype: fc.constantFrom(...dtypes),
      device: fc.constantFrom("cpu", "cuda:0"),
      allow_special: fc.boolean(),
    },
    { requiredKeys: [] },
  ),
  valid: tensorInputs,
  satisfies: (value, { shape, dtype, allow_special: allowed }) =>
    value.dtype === (dtype ?? value.dtype) &&
    value.shape.length === (shape ?? value.shape).length &&
    value.shape.every((extent, axis) => (shape?.[axis] ?? extent) === extent) &&
    value.data.length === value.shape.reduce((product, extent) => product * extent, 1) &&
    (allowed === true || holdsFinite(value)),
  invalid: [
    { value: [1, 2], reason: "validation_failed", message: "must be a tensor with shape and data" },
    { value: null, reason: "validation_failed", message: "must be a tensor with shape and data" },
    { value: { data: [1] }, reason: "validation_failed", message: "must be a tensor with shape and data" },
    {
      value: new DataView(new ArrayBuffer(4)),
      reason: "validation_failed",
      message: "must be a tensor with shape and data",
    },
    {
      value: { shape: [2, 2], data: [1, 2, 3] },
      reason: "validation_failed",
      message: "data size doesn't match shape",
    },
    {
      value: { shape: [2, 2], data: [[1, 2], [3]] },
      reason: "validation_failed",
      message: "data size doesn't match shape",
    },
    {
      value: {
        shape: [4],
        data: [
          [1, 2],
          [3, 4],
        ],
      },
      reason: "validation_failed",
      message: "data size doesn't match shape",
    },
    { value: { shape: [2], data: [[1], [2]] }, reason: "validation_failed", message: "data size doesn't match shape" },
    {
      value: { shape: [2], data: Float32Array.of(1) },
      reason: "validation_failed",
      message: "data size doesn't match shape",
    },
    {
      value: { shape: [2 ** 30, 2 ** 30], data: [] },
      reason: "validation_failed",
      message: "data size doesn't match shape",
    },
    {
      value: { shape: [2], dtype: "f32", data: Uint8Array.of(1, 2) },
      reason: "validation_failed",
      message: "data size doesn't match shape",
    },
    {
      value: { shape: "2", data: [1, 2] },
      reason: "validation_failed",
      message: "shape must be a list of at most 32 whole numbers",
    },
    {
      value: { shape: [-1], data: [] },
      reason: "validation_failed",
      message: "shape must be a list of at most 32 whole numbers",
    },
    { value: { shape: [1.5], data: [1] }, reason: "validation_failed", message: "shape must be a list" },
    {
      value: { shape: new Array(33).fill(1), data: [1] },
      reason: "validation_failed",
      message: "shape must be a list of at most 32",
    },
    {
      value: { shape: [1], data: [1], dtype: "f8" },
      reason: "validation_failed",
      message: "dtype must be one of: bool, u8",
    },
    {
      value: { shape: [1], data: [1], dtype: "__proto__" },
      reason: "validation_failed",
      message: "dtype must be one of: bool, u8",
    },
    { value: { shape: [1], data: [1], device: 0 }, reason: "validation_failed", message: "device must be a string" },
    {
      value: { shape: [1], data: new DataView(new ArrayBuffer(1)) },
      reason: "validation_failed",
      message: "data must be a list of numbers or a numeric array",
    },
    {
      value: { shape: [2], data: [1, "2"] },
      reason: "validation_failed",
      message: 'data must be a list of numbers, element 1 is "2"',
    },
    {
      value: { shape: [1], data: [null] },
      reason: "validation_failed",
      message: "data must be a list of numbers, element 0 is null",
    },
    { value: { shape: [2], data: new Array(2) }, reason: "validation_failed", message: "element 0 is undefined" },
    {
      value: { shape: [1], data: [256], dtype: "u8" },
      reason: "validation_failed",
      message: "element 0 is 256, which u8 cannot hold",
    },
    {
      value: { shape: [2], data: Uint8Array.of(1, 2), dtype: "bool" },
      reason: "validation_failed",
      message: "data must hold 0 or 1 where dtype is bool",
    },
    {
      constraints: { dtype: "s8" },
      value: { shape: [2], data: [1, 1.5] },
      reason: "constraint_violation",
      constraint: "dtype",
      limit: "s8",
      message: "element 1 is 1.5, which s8 cannot hold",
    },
    {
      constraints: { dtype: "s64" },
      value: { shape: [1], data: [2 ** 53] },
      reason: "constraint_violation",
      constraint: "dtype",
      limit: "s64",
      message: "element 0 is 9007199254740992, which s64 cannot hold",
    },
    {
      constraints: { dtype: "u64" },
      value: { shape: [1], data: [-1n] },
      reason: "constraint_violation",
      constraint: "dtype",
      limit: "u64",
      message: "element 0 is -1, which u64 cannot hold",
    },
    {
      constraints: { dtype: "f16" },
      value: Float64Array.of(1e5),
      reason: "constraint_violation",
      constraint: "dtype",
      limit: "f16",
      message: "element 0 is 100000, which f16 cannot hold",
    },
    {
      constraints: { shape: [2, null] },
      value: { shape: [3, 1], data: [1, 2, 3] },
      reason: "constraint_violation",
      constraint: "shape",
      limit: [2, null],
      message: "shape must be [2, *], got [3, 1]",
    },
    {
      constraints: { shape: [3, 4] },
      value: { shape: [12], data: new Array(12).fill(0) },
      reason: "constraint_violation",
      constraint: "shape",
      limit: [3, 4],
      message: "shape must be [3, 4], got [12]",
    },
    {
      constraints: { device: "cuda:0" },
      value: { shape: [1], data: [1], device: "cpu" },
      reason: "constraint_violation",
      constraint: "device",
      limit: "cuda:0",
      message: "device must be cuda:0, got cpu",
    },
    {
      value: { shape: [2], data: [0, "NaN"] },
      reason: "constraint_violation",
      constraint: "allow_special",
      limit: false,
      message: "element 1 is NaN, must be finite",
    },
    {
      constraints: { dtype: "bf16" },
      value: Float32Array.of(Infinity),
      reason: "constraint_violation",
      constraint: "allow_special",
      message: "element 0 is Infinity, must be finite",
    },
  ],
  invalidConstraints: [
    { constraints: { shape: [-2] }, field: "shape" },
    { constraints: { shape: [1.5] }, field: "shape" },
    { constraints: { shape: ["*"] }, field: "shape" },
    { constraints: { shape: "3" }, field: "shape" },
    { constraints: { shape: new Array(2) }, field: "shape" },
    { constraints: { shape: new Array(33).fill(1) }, field: "shape" },
    { constraints: { dtype: "float32" }, field: "dtype" },
    { constraints: { dtype: "__proto__" }, field: "dtype" },
    { constraints: { device: 0 }, field: "device" },
    { constraints: { device: "" }, field: "device" },
    { constraints: { allow_special: "yes" }, field: "allow_special" },
  ],
  garbage: [
    { kind: "array", value: { dtype: "bool", shape: [1], data: Uint8Array.of(2) } },
    { kind: "array", value: { dtype: "f64", shape: [2], data: new Uint8Array(8) } },
    { kind: "bytes", value: new Uint8Array(4) },
    { kind: "map", value: new Map([["shape", { kind: "list", value: [] }]]) },
  ],
});

describe("tensorFromNested and toNested", () => {
  it("are each other's inverse, for every dtype and shape", () => {
    const cases = fc
      .record({ dtype: fc.constantFrom(...dtypes), shape: fc.array(fc.integer({ min: 1, max: 3 }), { maxLength: 3 }) })
      .chain(({ dtype, shape }) =>
        fc
          .array(element(dtype), { minLength: elementCount(shape), maxLength: elementCount(shape) })
          .map((elements) => ({ dtype, shape, nested: nestBy(shape, elements) as NestedList })),
      );
    fc.assert(
      fc.property(cases, ({ dtype, shape, nested }) => {
        const value = tensorFromNested(nested, dtype);
        expect(value).toMatchObject({ dtype, shape });
        expect(toNested(value)).toEqual(nested);
        expect(tensorType.equals(tensorType.values({}).parse(value), value)).toBe(true);
      }),
    );
  });
});
