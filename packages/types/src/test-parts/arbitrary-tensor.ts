import { type DType, dtypes, elementCount } from "@trimtab/core";
import fc from "fast-check";
import { elementTypes } from "../element-type.ts";
import type { Tensor, TensorConstraints } from "../tensor.ts";

const shapes = fc.array(fc.nat(3), { maxLength: 3 });

/** Elements that a dtype holds exactly. */
export const element = (dtype: DType): fc.Arbitrary<number | bigint | boolean> => {
  switch (dtype) {
    case "bool":
      return fc.boolean();
    case "s64":
      return fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n });
    case "u64":
      return fc.bigInt({ min: 0n, max: 2n ** 64n - 1n });
    case "f16":
    case "bf16":
      return fc.integer({ min: -256, max: 256 }).map((n) => n / 8);
    case "f32":
      return fc.float({ noNaN: true, noDefaultInfinity: true });
    case "f64":
      return fc.double({ noNaN: true, noDefaultInfinity: true });
    default: {
      const bits = Number(dtype.slice(1));
      return dtype.startsWith("u")
        ? fc.integer({ min: 0, max: 2 ** bits - 1 })
        : fc.integer({ min: -(2 ** (bits - 1)), max: 2 ** (bits - 1) - 1 });
    }
  }
};

/** Lists nested by a shape. */
export const nestBy = (shape: readonly number[], elements: readonly unknown[]): unknown => {
  const [extent, ...rest] = shape;
  if (extent === undefined) return elements[0];
  const size = elementCount(rest);
  return Array.from({ length: extent }, (_, i) => nestBy(rest, elements.slice(i * size, (i + 1) * size)));
};

const typed = (dtype: DType, elements: readonly unknown[]) => {
  const array = elementTypes[dtype].view(new ArrayBuffer(elements.length * 8)).slice(0, elements.length);
  elements.forEach((each, i) => {
    elementTypes[dtype].set(array, i, each);
  });
  return array;
};

const special = fc.constantFrom("NaN", NaN, Infinity, "-Infinity");

/** Every form in which a tensor may be given that keeps some constraints. */
export const tensorInputs = ({ shape: pattern, dtype, device, allow_special: allowed }: TensorConstraints) =>
  fc
    .record({
      own: fc.constantFrom(...dtypes),
      shape:
        pattern === undefined
          ? shapes
          : fc.tuple(...pattern.map((extent) => (extent === null ? fc.nat(3) : fc.constant(extent)))),
    })
    .chain(({ own, shape }) => {
      const target = dtype ?? own;
      const item = allowed && /^b?f/.test(target) ? fc.oneof(element(target), special) : element(target);
      return fc.record({
        target: fc.constant(target),
        shape: fc.constant([...shape]),
        elements: fc.array<unknown>(item, { minLength: elementCount(shape), maxLength: elementCount(shape) }),
        form: fc.constantFrom("flat", "nested", "typed", "stored"),
        labelled: fc.boolean(),
      });
    })
    .map(({ target, shape, elements, form, labelled }) => {
      const data = typed(target, elements);
      const record = { shape, dtype: target, ...(device !== undefined && labelled && { device }) };
      if (form === "flat") return { ...record, data: elements };
      if (form === "nested") return { ...record, data: nestBy(shape, elements) };
      if (form === "typed") return { ...record, data };
      return { ...record, data: new Uint8Array(data.buffer, data.byteOffset, data.byteLength) };
    });

/** Says whether no element of a tensor is NaN or infinite. */
export const holdsFinite = ({ dtype, data }: Tensor) =>
  Array.from(data.keys()).every((index) => Number.isFinite(Number(elementTypes[dtype].get(data, index))));
