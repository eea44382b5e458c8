import { isNdArray } from "@trimtab/core";
import { dtypeOf, elementTypes } from "./element-type.ts";

/** Most components that an embedding may have. */
const maxDimensions = 2 ** 24;

/** What the input of an embedding holds, or why it is none. */
export type ReadComponents =
  | { readonly kind: "read"; readonly components: Float64Array; readonly sumOfSquares: number }
  | { readonly kind: "ill-typed"; readonly message: string }
  | { readonly kind: "wrong-dimensions"; readonly limit: number; readonly found: number };

const illTyped = (message: string): ReadComponents => ({ kind: "ill-typed", message });

/** Copies the components out of any form of input, in one pass that also checks them and sums their squares. */
export function readComponents(input: unknown, dimensions: number | undefined): ReadComponents {
  const source = vectorSource(input);
  if (source === undefined) return illTyped("must be a list of numbers");
  const found = source.length;
  if (dimensions !== undefined && found !== dimensions) return { kind: "wrong-dimensions", limit: dimensions, found };
  if (found > maxDimensions) return illTyped(`must be a list of at most ${maxDimensions} numbers, got ${found}`);
  const components = new Float64Array(found);
  let sumOfSquares = 0;
  for (let i = 0; i < found; i++) {
    const item = source[i];
    const component = typeof item === "bigint" ? Number(item) : item;
    if (typeof component !== "number") return illTyped("must be a numeric list");
    components[i] = component;
    sumOfSquares += component * component;
  }
  // Only where a component is not finite, or squares overflow, is the sum not finite.
  const special = Number.isFinite(sumOfSquares) ? -1 : elementTypes.f64.indexOfSpecial(components);
  if (special >= 0) {
    return illTyped(`must be a numeric list of finite numbers, component ${special} is ${components[special]}`);
  }
  return { kind: "read", components, sumOfSquares };
}

function vectorSource(input: unknown): ArrayLike<unknown> | undefined {
  if (Array.isArray(input)) return input;
  if (ArrayBuffer.isView(input)) return dtypeOf(input) === undefined ? undefined : (input as Float64Array);
  if (!isNdArray(input) || input.shape.length !== 1 || input.dtype === "bool") return undefined;
  const { view, get } = elementTypes[input.dtype];
  const array = view(new Uint8Array(input.data).buffer);
  // Raw 16-bit floats are the only elements that do not read as numbers by themselves.
  return array instanceof Uint16Array && input.dtype !== "u16"
    ? Float64Array.from({ length: array.length }, (_, i) => Number(get(array, i)))
    : array;
}
