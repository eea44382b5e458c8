import fc from "fast-check";
import { dtypeBytes, dtypes, elementCount, type NdArray } from "../../nd-array.ts";
import type { Payload } from "../../payload.ts";

/** Arrays of any dtype and a small shape whose bytes mean anything. */
const arbitraryNdArray: fc.Arbitrary<NdArray> = fc
  .record({ dtype: fc.constantFrom(...dtypes), shape: fc.array(fc.nat(3), { maxLength: 3 }) })
  .chain(({ dtype, shape }) => {
    const bytes = elementCount(shape) * dtypeBytes[dtype];
    return fc.uint8Array({ minLength: bytes, maxLength: bytes }).map((data) => ({ dtype, shape, data }));
  });

/** Arrays as `NdArray` allows none: bytes that disagree with the shape. */
const malformedNdArray: fc.Arbitrary<NdArray> = fc
  .record({ array: arbitraryNdArray, extra: fc.integer({ min: 1, max: 3 }) })
  .map(({ array, extra }) => ({ ...array, data: new Uint8Array(array.data.byteLength + extra) }));

/** Payloads of every kind, the innermost ones often close to what a type stores. */
export const arbitraryPayload: fc.Arbitrary<Payload> = fc.letrec<{ payload: Payload }>((tie) => ({
  payload: fc.oneof(
    { depthSize: "small", maxDepth: 3 },
    fc.constant<Payload>({ kind: "null" }),
    fc.boolean().map((value): Payload => ({ kind: "boolean", value })),
    fc.double().map((value): Payload => ({ kind: "number", value })),
    fc.constantFrom(0, -0, 1, NaN, Infinity).map((value): Payload => ({ kind: "number", value })),
    fc.bigInt({ min: -(2n ** 70n), max: 2n ** 70n }).map((value): Payload => ({ kind: "integer", value })),
    fc.string({ unit: "binary" }).map((value): Payload => ({ kind: "string", value })),
    fc.constantFrom("", "true", "\ud800", "NaN").map((value): Payload => ({ kind: "string", value })),
    fc.uint8Array().map((value): Payload => ({ kind: "bytes", value })),
    arbitraryNdArray.map((value): Payload => ({ kind: "array", value })),
    malformedNdArray.map((value): Payload => ({ kind: "array", value })),
    fc.array(tie("payload"), { maxLength: 3 }).map((value): Payload => ({ kind: "list", value })),
    fc
      .array(
        fc.tuple(fc.oneof(fc.string(), fc.constantFrom("module", "parameters", "shape", "data")), tie("payload")),
        {
          maxLength: 3,
        },
      )
      .map((entries): Payload => ({ kind: "map", value: new Map(entries) })),
  ),
})).payload;
