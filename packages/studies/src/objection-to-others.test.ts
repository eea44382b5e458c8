import { storeError, type ValueRecord } from "@trimtab/core";
import { expect, test } from "vitest";
import { objectionToOthers, withoutOthers } from "./objection-to-others.ts";

const parameters: ValueRecord = { rate: 0.5 };
const breaks = (field: string) =>
  storeError("constraint_violation", `the value for ${field} breaks its constraint max`, {
    field,
    type: "float",
    constraint: "max",
    limit: 1,
  });

test("callers of other sessions hear of their own values, and of a store that is not there", () => {
  const told = [breaks("rate"), storeError("unavailable", "the store is closing", {}), new Error("it is broken")];
  for (const error of told) expect(withoutOthers(error, parameters)).toBe(error);
});

test("callers of other sessions hear nothing of its rules, nor of its other variables", () => {
  const rule = storeError("rule_violation", "rule cap would not hold: secret is 7", {
    rule: "cap",
    variables: ["secret"],
  });
  for (const error of [rule, breaks("secret")]) {
    expect(withoutOthers(error, parameters)).toMatchObject({
      reason: "rule_violation",
      message: objectionToOthers,
      details: { rule: "", variables: [] },
    });
  }
});
