import { describeType } from "@trimtab/core/conformance";
import fc from "fast-check";
import { type EmbeddingConstraints, type EmbeddingDType, embeddingDtypes, embeddingType } from "./embedding.ts";

const largest: Readonly<Record<EmbeddingDType, number>> = {
  f64: Number.MAX_VALUE,
  f32: (2 - 2 ** -23) * 2 ** 127,
  f16: 65504,
  bf16: (2 - 2 ** -7) * 2 ** 127,
};
const roundoff: Readonly<Record<EmbeddingDType, number>> = { f64: 0, f32: 2 ** -24, f16: 2 ** -11, bf16: 2 ** -8 };

const components = ({ dimensions, dtype = "f64" }: EmbeddingConstraints) =>
  fc.array(fc.double({ min: -largest[dtype], max: largest[dtype], noNaN: true }), {
    minLength: dimensions ?? 0,
    maxLength: dimensions ?? 12,
  });

describeType({
  type: embeddingType,
  longestList: 2 ** 32 - 1,
  constraints: fc.record(
    {
      dimensions: fc.integer({ min: 1, max: 12 }),
      normalize: fc.boolean(),
      distance_metric: fc.constantFrom("cosine", "euclidean", "dot", "manhattan", "l2", "l1"),
      dtype: fc.constantFrom(...embeddingDtypes),
    },
    { requiredKeys: [] },
  ),
  valid: (limits) =>
    fc.oneof(
      components(limits),
      components(limits).map((list) => Float64Array.from(list)),
      components({ ...limits, dtype: limits.dtype === "f16" ? "f16" : "bf16" }).map((list) => Float32Array.from(list)),
      components(limits).map((list) => ({
        dtype: "f64",
        shape: [list.length],
        data: new Uint8Array(Float64Array.from(list).buffer),
      })),
      components(limits).map((list) => list.map((_, i) => (i % 2 === 0 ? BigInt(i) : i / 8))),
      components(limits).map((list) => Int16Array.from(list, (_, i) => i - 3)),
    ),
  satisfies: (value, { dimensions, normalize, dtype = "f64" }) => {
    const norm = Math.hypot(...value);
    return (
      value.every(Number.isFinite) &&
      value.length === (dimensions ?? value.length) &&
      value instanceof (dtype === "f64" ? Float64Array : Float32Array) &&
      (!normalize || norm === 0 || Math.abs(norm - 1) < 1e-14 + 3 * roundoff[dtype])
    );
  },
  invalid: [
    { value: "0.1, 0.2", reason: "validation_failed", message: "must be a list of numbers" },
    { value: null, reason: "validation_failed", message: "must be a list of numbers" },
    { value: { 0: 1, length: 1 }, reason: "validation_failed", message: "must be a list of numbers" },
    { value: new DataView(new ArrayBuffer(8)), reason: "validation_failed", message: "must be a list of numbers" },
    {
      value: { dtype: "f32", shape: [1, 1], data: new Uint8Array(4) },
      reason: "validation_failed",
      message: "must be a list of numbers",
    },
    {
      value: { dtype: "bool", shape: [1], data: new Uint8Array(1) },
      reason: "validation_failed",
      message: "must be a list of numbers",
    },
    { value: [1, "2"], reason: "validation_failed", message: "must be a numeric list" },
    { value: [true], reason: "validation_failed", message: "must be a numeric list" },
    { value: [[1]], reason: "validation_failed", message: "must be a numeric list" },
    { value: new Array(2), reason: "validation_failed", message: "must be a numeric list" },
    { value: [0, NaN], reason: "validation_failed", message: "finite numbers, component 1 is NaN" },
    { value: Float32Array.of(-Infinity), reason: "validation_failed", message: "component 0 is -Infinity" },
    { value: [10n ** 400n], reason: "validation_failed", message: "component 0 is Infinity" },
    {
      constraints: { dimensions: 3 },
      value: [1, 2],
      reason: "constraint_violation",
      constraint: "dimensions",
      limit: 3,
      message: "must have exactly 3 dimensions, got 2",
    },
    {
      constraints: { dimensions: 3 },
      value: [],
      reason: "constraint_violation",
      constraint: "dimensions",
      limit: 3,
      message: "must have exactly 3 dimensions, got 0",
    },
    {
      constraints: { dtype: "f16" },
      value: [1, 65520],
      reason: "constraint_violation",
      constraint: "dtype",
      limit: "f16",
      message: "component 1 is 65520, too large for f16",
    },
    {
      constraints: { dtype: "f32" },
      value: [1e39],
      reason: "constraint_violation",
      constraint: "dtype",
      limit: "f32",
      message: "component 0 is 1e+39, too large for f32",
    },
  ],
  invalidConstraints: [
    { constraints: { dimensions: 0 }, field: "dimensions" },
    { constraints: { dimensions: 1.5 }, field: "dimensions" },
    { constraints: { dimensions: "768" }, field: "dimensions" },
    { constraints: { normalize: 1 }, field: "normalize" },
    { constraints: { distance_metric: "hamming" }, field: "distance_metric" },
    { constraints: { distance_metric: "constructor" }, field: "distance_metric" },
    { constraints: { distance_metric: "__proto__" }, field: "distance_metric" },
    { constraints: { dtype: "s8" }, field: "dtype" },
    { constraints: { dtype: "toString" }, field: "dtype" },
  ],
  garbage: [
    { kind: "array", value: { dtype: "s32", shape: [1], data: new Uint8Array(4) } },
    { kind: "array", value: { dtype: "f64", shape: [], data: new Uint8Array(8) } },
    { kind: "array", value: { dtype: "f64", shape: [1, 1], data: new Uint8Array(8) } },
    { kind: "array", value: { dtype: "f32", shape: [1], data: new Uint8Array(Float32Array.of(NaN).buffer) } },
    { kind: "array", value: { dtype: "f16", shape: [1], data: Uint8Array.of(0x00, 0x7c) } },
    { kind: "list", value: [{ kind: "number", value: 1 }] },
  ],
});
