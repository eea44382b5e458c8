import type { AccessRule } from "@trimtab/core";

/** Orders two rules by which counts first: by priority, and of one priority what denies; 0 where neither does. */
export const byWeight = (a: AccessRule, b: AccessRule): number =>
  b.priority - a.priority || Number(b.effect === "deny") - Number(a.effect === "deny");

const ordered = new WeakMap<readonly AccessRule[], readonly AccessRule[]>();

/** A list of rules in the order in which they count, the given order among equals; worked out once per list. */
export function inOrder(rules: readonly AccessRule[]): readonly AccessRule[] {
  if (rules.length < 2) return rules;
  let sorted = ordered.get(rules);
  if (sorted === undefined) {
    sorted = rules.toSorted(byWeight);
    ordered.set(rules, sorted);
  }
  return sorted;
}

/** Of two rules that match the one that counts; the first among equals. */
export const firstOf = (a: AccessRule | undefined, b: AccessRule | undefined): AccessRule | undefined =>
  a === undefined || (b !== undefined && byWeight(a, b) > 0) ? b : a;
