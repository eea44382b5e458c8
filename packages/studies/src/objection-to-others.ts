import { isStoreError, storeError, type ValueRecord } from "@trimtab/core";

/** What those are told who may not know a session's rules: that one objects. */
export const objectionToOthers = "a rule of the session would not hold";

/** A refusal of a trial's values as callers of other sessions hear it: without what it tells of anything but these values. */
export function withoutOthers(error: unknown, parameters: ValueRecord): unknown {
  if (!isStoreError(error) || error.reason === "unavailable") return error;
  const isOfValues = isStoreError(error, "constraint_violation") && Object.hasOwn(parameters, error.details.field);
  return isOfValues ? error : storeError("rule_violation", objectionToOthers, { rule: "", variables: [] });
}
