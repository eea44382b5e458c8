import type { JsonValue } from "@bufbuild/protobuf";
import { variableFileDepth } from "@trimtab/wire";
import { malformed, problemOf } from "../malformed.ts";

/** Objects and lists that may be nested in each other: a message and a field of it take at most two each. */
const maxJsonDepth = 2 * variableFileDepth;

/** A JSON object. */
export type JsonRecord = { [key: string]: JsonValue };

/** Says whether JSON is an object. */
export const isJsonRecord = (value: unknown): value is JsonRecord =>
  typeof value === "object" && value !== null && !Array.isArray(value);

/**
 * Reads JSON whose keys and depth are safe to work on.
 *
 * @throws StoreError `invalid_argument` naming the path, for what is no JSON, nested deeper than any file of variables, or
 *   uses the key `__proto__`
 */
export function parseJson(text: string, path: string): JsonValue {
  let value: JsonValue;
  try {
    value = JSON.parse(text);
  } catch (error) {
    throw malformed(path, `is no JSON: ${problemOf(error)}`);
  }
  checkTree(value, path, 0);
  return value;
}

function checkTree(value: JsonValue, path: string, depth: number): void {
  if (typeof value === "string" && !value.isWellFormed()) throw malformed(path, "holds ill-formed Unicode");
  if (typeof value !== "object" || value === null) return;
  if (depth >= maxJsonDepth) throw malformed(path, `is nested deeper than ${maxJsonDepth} levels`);
  if (Array.isArray(value)) {
    for (const item of value) checkTree(item, path, depth + 1);
    return;
  }
  for (const key of Object.keys(value)) {
    if (key === "__proto__") throw malformed(path, "uses the reserved key __proto__");
    if (!key.isWellFormed()) throw malformed(path, "holds a key of ill-formed Unicode");
    checkTree(value[key] ?? null, path, depth + 1);
  }
}

/**
 * Reads a JSON object; see {@link parseJson}.
 *
 * @throws StoreError `invalid_argument` also for JSON that is no object
 */
export function parseJsonRecord(text: string, path: string): JsonRecord {
  const value = parseJson(text, path);
  if (!isJsonRecord(value)) throw malformed(path, "must be a JSON object");
  return value;
}
