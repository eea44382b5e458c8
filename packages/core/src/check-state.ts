import { checkWhole } from "./check-argument.ts";
import { counted } from "./counted.ts";
import { type Refusal, refusal } from "./store-error.ts";

/** Refuses one more of what a session holds where it holds as many as it may. */
export function checkRoom(
  session: string,
  { of: field, count, limit, one }: { of: string; count: number; limit: number; one: string },
): Refusal | undefined {
  if (count < limit) return undefined;
  const message = `session ${session} may hold ${counted(limit, one)}, this would be one more`;
  return refusal("limit_exceeded", message, { field, limit, value: count + 1 });
}

/** Refuses where something stands on another revision than the caller expects; `stands` says so of the actual one. */
export function checkExpectedRevision(
  session: string,
  { expected, actual, stands }: { expected: number | undefined; actual: number; stands: string },
): Refusal | undefined {
  if (expected === undefined || expected === actual) return undefined;
  const wrong = checkWhole(expected, "expectedRevision", 0);
  if (wrong !== undefined) return wrong;
  return refusal("revision_mismatch", `${stands} revision ${actual}, not ${expected}`, { session, expected, actual });
}
