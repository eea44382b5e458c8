import { base64Encode } from "@bufbuild/protobuf/wire";
import {
  counted,
  dtypes,
  elementCount,
  isInt64,
  maxPayloadDepth,
  type NdArray,
  type Payload,
  type Value,
} from "@trimtab/core";
import { malformed } from "../malformed.ts";
import { readBase64 } from "../read-base64.ts";
import { fromPlainElements, toPlainElements } from "./plain-elements.ts";

/** Data that `JSON.stringify` and any other language's JSON writes as it is. */
export type PlainValue = null | boolean | number | string | PlainValue[] | { [key: string]: PlainValue };

/** The key of objects that stand for what JSON has no notation for. */
const kindKey = "__trimtab_type__";

/**
 * Puts a value into plain data. Numbers, text, booleans, lists and maps are themselves; `NaN` and the infinities are text.
 * An array is `{dtype, shape, data}` with its elements in a flat list, and what JSON cannot say names its kind:
 * `{"__trimtab_type__": "integer", "value": digits}` for integers beyond 2^53, `{"__trimtab_type__": "bytes", "value": base64}`.
 */
export function toPlainValue(payload: Payload): PlainValue {
  switch (payload.kind) {
    case "null":
      return null;
    case "number":
      return Number.isFinite(payload.value) ? payload.value : String(payload.value);
    case "integer": {
      const number = Number(payload.value);
      return Number.isSafeInteger(number) ? number : { [kindKey]: "integer", value: String(payload.value) };
    }
    case "bytes":
      return { [kindKey]: "bytes", value: base64Encode(payload.value) };
    case "array": {
      const { dtype, shape } = payload.value;
      return { dtype, shape: [...shape], data: toPlainElements(payload.value) };
    }
    case "list":
      return payload.value.map(toPlainValue);
    case "map": {
      const entries = Array.from(payload.value, ([key, item]): [string, PlainValue] => [key, toPlainValue(item)]);
      const map = Object.fromEntries(entries);
      return Object.hasOwn(map, kindKey) || looksLikeArray(map) ? { [kindKey]: "map", value: map } : map;
    }
    default:
      return payload.value;
  }
}

/** Says whether a map could be taken for an array. */
const looksLikeArray = (map: object): boolean =>
  Object.keys(map).length === 3 && ["dtype", "shape", "data"].every((key) => Object.hasOwn(map, key));

/**
 * Reads a value from plain data, whoever wrote it.
 *
 * @throws StoreError `invalid_argument` naming the path, for what is no plain data, nested deeper than a payload may be, an
 *   array whose elements do not fit, and the key `__proto__`
 */
export function fromPlainValue(plain: unknown, path: string, depth = 0): Value {
  if (depth > maxPayloadDepth) throw malformed(path, `is nested deeper than ${maxPayloadDepth} levels`);
  switch (typeof plain) {
    case "boolean":
    case "number":
      return plain;
    case "string":
      if (!plain.isWellFormed()) throw malformed(path, "is not well-formed Unicode");
      return plain;
    case "object":
      if (plain === null) return null;
      if (Array.isArray(plain)) return plain.map((item, index) => fromPlainValue(item, `${path}[${index}]`, depth + 1));
      return fromPlainObject(plain, path, depth);
    default:
      throw malformed(path, `is ${typeof plain}, which is no plain data`);
  }
}

function fromPlainObject(plain: object, path: string, depth: number): Value {
  const prototype = Object.getPrototypeOf(plain);
  if (prototype !== Object.prototype && prototype !== null) throw malformed(path, "is no plain data");
  if (Object.hasOwn(plain, kindKey)) return fromKind(plain as { [key: string]: unknown }, path, depth);
  if (looksLikeArray(plain)) return fromPlainArray(plain, path);
  return fromEntries(plain, path, depth);
}

function fromEntries(plain: object, path: string, depth: number): { [key: string]: Value } {
  return Object.fromEntries(
    Object.entries(plain).map(([key, item]) => {
      if (key === "__proto__") throw malformed(path, "uses the reserved key __proto__");
      if (!key.isWellFormed()) throw malformed(path, "has a key that is not well-formed Unicode");
      return [key, fromPlainValue(item, `${path}.${key}`, depth + 1)];
    }),
  );
}

function fromKind({ [kindKey]: kind, value, ...rest }: { [key: string]: unknown }, path: string, depth: number): Value {
  if (Object.keys(rest).length > 0) throw malformed(path, `has more beside ${kindKey} and value`);
  if (kind === "integer" && typeof value === "string" && /^-?\d{1,19}$/.test(value) && isInt64(BigInt(value))) {
    return BigInt(value);
  }
  if (kind === "bytes" && typeof value === "string") return readBase64(value, path);
  if (kind === "map" && typeof value === "object" && value !== null && !Array.isArray(value)) {
    return fromEntries(value, path, depth);
  }
  throw malformed(path, `has a ${kindKey} and value that mean nothing`);
}

function fromPlainArray(plain: object, path: string): NdArray {
  const { dtype: name, shape, data } = plain as { [key: string]: unknown };
  const dtype = dtypes.find((each) => each === name);
  if (dtype === undefined) throw malformed(`${path}.dtype`, `must be one of ${dtypes.join(", ")}`);
  const isExtent = (item: unknown): item is number => Number.isSafeInteger(item) && (item as number) >= 0;
  if (!Array.isArray(shape) || !shape.every(isExtent)) {
    throw malformed(`${path}.shape`, "must be a list of whole numbers of at least 0");
  }
  if (!Array.isArray(data) || data.length !== elementCount(shape)) {
    throw malformed(`${path}.data`, `must be a flat list of ${counted(elementCount(shape), "element")}`);
  }
  const bytes = fromPlainElements(dtype, data);
  if (typeof bytes === "number") throw malformed(`${path}.data[${bytes}]`, `is nothing that ${dtype} can hold`);
  return { dtype, shape: [...shape], data: bytes };
}
