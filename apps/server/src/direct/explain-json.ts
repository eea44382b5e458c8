import type { DescMessage, JsonValue } from "@bufbuild/protobuf";
import { type StoreError, storeError } from "@trimtab/core";
import { findJsonProblem } from "@trimtab/wire";

/**
 * Says what is wrong with JSON that was found to be no message of this kind: `invalid_argument` with the path of the first field that
 * is not what it should be, what is wanted there and what was given. `failure` is what found it, for what has no path: bytes that are
 * no JSON, names that come twice.
 */
export function explainJson(schema: DescMessage, text: string, failure: unknown): StoreError {
  const json = parse(text);
  const found = json === undefined ? undefined : findJsonProblem(schema, json);
  if (found === undefined) return invalid("request", `cannot be read: ${wordsOf(failure)}`);
  const { path, problem, given } = found;
  const isShort = given !== undefined && given !== null && typeof given !== "object" && String(given).length <= 100;
  return invalid(path || "request", problem, isShort ? given : undefined);
}

/** What is quoted may be no well-formed text, and an error must be. */
const invalid = (path: string, problem: string, value?: string | number | boolean): StoreError =>
  storeError("invalid_argument", `${path} ${problem}`.toWellFormed(), {
    field: path.toWellFormed(),
    ...(value !== undefined && { value }),
  });

function parse(text: string): JsonValue | undefined {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** What a reader of JSON says, without where in its own terms. */
const wordsOf = (failure: unknown): string =>
  (failure instanceof Error ? failure.message : String(failure)).replace(
    /^(\[\w+\] )?cannot decode .*? from JSON:? /,
    "",
  );
