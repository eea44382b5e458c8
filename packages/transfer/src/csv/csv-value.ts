import type { JsonValue } from "@bufbuild/protobuf";
import { base64Encode } from "@bufbuild/protobuf/wire";
import { dtypes, isInt64, isNdArray, maxPayloadDepth, type NdArray, type Payload } from "@trimtab/core";
import { isJsonRecord, type JsonRecord, parseJson, parseJsonRecord } from "../json/parse-json.ts";
import { writeCompactJson } from "../json/write-json.ts";
import { malformed } from "../malformed.ts";
import { readBase64 } from "../read-base64.ts";

/**
 * Writes a value as the JSON of a cell. Text, booleans, `null`, lists and numbers are themselves, a float always with a
 * point or an exponent, an integer without. The rest is an object that names its kind: `{"map": {…}}`, `{"bytes": base64}`,
 * `{"array": {"dtype", "shape", "data": base64}}`, `{"number": "NaN"}`, and within lists and maps `{"integer": "7"}`.
 */
export function writeValue(payload: Payload): string {
  if (payload.kind === "integer") return String(payload.value);
  const json = writeCompactJson(toTree(payload));
  return payload.kind === "number" && /^-?\d+$/.test(json) ? `${json}.0` : json;
}

/** Writes named values as the JSON object of a cell, each as within a map of {@link writeValue}. */
export const writeEntries = (entries: ReadonlyMap<string, Payload>): string => writeCompactJson(entriesTree(entries));

function toTree(payload: Payload): JsonValue {
  switch (payload.kind) {
    case "number":
      return Number.isFinite(payload.value) ? payload.value : { number: String(payload.value) };
    case "integer":
      return { integer: String(payload.value) };
    case "bytes":
      return { bytes: base64Encode(payload.value) };
    case "array": {
      const { dtype, shape, data } = payload.value;
      return { array: { dtype, shape: [...shape], data: base64Encode(data) } };
    }
    case "list":
      return payload.value.map(toTree);
    case "map":
      return { map: entriesTree(payload.value) };
    case "null":
      return null;
    default:
      return payload.value;
  }
}

const entriesTree = (entries: ReadonlyMap<string, Payload>): JsonRecord =>
  Object.fromEntries(Array.from(entries, ([key, item]): [string, JsonValue] => [key, toTree(item)]).sort(byKey));

const byKey = ([a]: [string, JsonValue], [b]: [string, JsonValue]): number => (a < b ? -1 : Number(a > b));

/**
 * Reads the value of a cell.
 *
 * @throws StoreError `invalid_argument` naming the path, for what {@link writeValue} does not write; truth may be in capitals
 */
export function readValue(cell: string, path: string): Payload {
  const text = cell.trim();
  if (/^-?(0|[1-9]\d*)$/.test(text)) return readInteger(text, path);
  // Spreadsheets write truth in capitals; text would be in quotes.
  if (/^(true|false)$/i.test(text)) return { kind: "boolean", value: text.toLowerCase() === "true" };
  return fromTree(parseJson(text, path), path, 0);
}

/**
 * Reads the named values of a cell; an empty cell has none.
 *
 * @throws StoreError `invalid_argument` naming the path, for what {@link writeEntries} does not write
 */
export const readEntries = (cell: string, path: string): ReadonlyMap<string, Payload> =>
  cell.trim() === "" ? new Map() : readMap(parseJsonRecord(cell, path), path, 0);

function fromTree(tree: JsonValue, path: string, depth: number): Payload {
  if (depth > maxPayloadDepth) throw malformed(path, `is nested deeper than ${maxPayloadDepth} levels`);
  if (tree === null) return { kind: "null" };
  if (typeof tree === "boolean") return { kind: "boolean", value: tree };
  if (typeof tree === "string") return { kind: "string", value: tree };
  if (typeof tree === "number") return { kind: "number", value: finite(tree, path) };
  if (Array.isArray(tree)) {
    return { kind: "list", value: tree.map((item, index) => fromTree(item, `${path}[${index}]`, depth + 1)) };
  }
  const [[kind, value = null] = [], ...more] = Object.entries(tree);
  if (kind === undefined || more.length > 0) throw malformed(path, "must be an object of one key that names a kind");
  return fromKind(kind, value, { path, depth });
}

function fromKind(kind: string, value: JsonValue, { path, depth }: { path: string; depth: number }): Payload {
  switch (kind) {
    case "number":
      if (value !== "NaN" && value !== "Infinity" && value !== "-Infinity") break;
      return { kind, value: Number(value) };
    case "integer":
      if (typeof value !== "string" || !/^-?\d{1,19}$/.test(value)) break;
      return readInteger(value, path);
    case "bytes":
      if (typeof value !== "string") break;
      return { kind, value: readBase64(value, path) };
    case "array":
      return { kind, value: readArray(value, path) };
    case "map":
      if (!isJsonRecord(value)) break;
      return { kind, value: readMap(value, path, depth) };
    default:
      throw malformed(path, `has the unknown kind ${JSON.stringify(kind)}`);
  }
  throw malformed(path, `is no ${kind}`);
}

const readMap = (tree: JsonRecord, path: string, depth: number): ReadonlyMap<string, Payload> =>
  new Map(Object.entries(tree).map(([key, item]) => [key, fromTree(item, `${path}.${key}`, depth + 1)]));

function readInteger(digits: string, path: string): Payload {
  const value = digits.length <= 20 ? BigInt(digits) : undefined;
  if (value !== undefined && isInt64(value)) return { kind: "integer", value };
  throw malformed(path, "is an integer that does not fit 64 bits");
}

function finite(value: number, path: string): number {
  if (Number.isFinite(value)) return value;
  throw malformed(path, "is a number beyond the range of 64-bit floats");
}

function readArray(value: JsonValue, path: string): NdArray {
  const { dtype, shape, data } = isJsonRecord(value) ? value : {};
  if (typeof data !== "string") throw malformed(path, "must have dtype, shape and data");
  const array = { dtype, shape, data: readBase64(data, path) };
  if (isNdArray(array)) return array;
  throw malformed(path, `must have one of the dtypes ${dtypes.join(", ")}, and bytes that fit its shape`);
}
