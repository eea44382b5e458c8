import { describeType } from "@trimtab/core/conformance";
import fc from "fast-check";
import { moneyType } from "./money-type.ts";

describeType({
  type: moneyType,
  constraints: fc.constantFrom({}, { currency: "EUR" }, { currency: "EUR", min: 0, max: 10_000 }),
  valid: ({ currency = "CHF" }) =>
    fc.oneof(
      fc.integer({ min: 0, max: 10_000 }).map((units) => ({ units, currency })),
      fc.bigInt({ min: 0n, max: 10_000n }).map((units) => ({ units, currency })),
      fc.integer({ min: 0, max: 99 }).map((units) => `${units}.05 ${currency}`),
    ),
  satisfies: ({ units, currency: name }, { currency = name, min = -Infinity, max = Infinity }) =>
    name === currency && units >= min && units <= max,
  invalid: [
    { value: "much", reason: "validation_failed", message: "must be money" },
    { value: 5, reason: "validation_failed", message: "must be money" },
    { value: { units: 0.5, currency: "EUR" }, reason: "validation_failed", message: "must be money" },
    {
      constraints: { currency: "EUR" },
      value: "1.00 USD",
      reason: "constraint_violation",
      constraint: "currency",
      limit: "EUR",
      message: "currency USD is not EUR",
    },
    {
      constraints: { currency: "EUR", max: 99 },
      value: "1.00 EUR",
      reason: "constraint_violation",
      constraint: "max",
      limit: 99,
      message: "100 is above 99",
    },
    {
      constraints: { currency: "EUR", min: 99 },
      value: 0,
      reason: "constraint_violation",
      constraint: "min",
      limit: 99,
      message: "0 is below 99",
    },
  ],
  invalidConstraints: [
    { constraints: { currency: "euro" }, field: "currency" },
    { constraints: { max: 1 }, field: "currency" },
    { constraints: { currency: "EUR", min: 2, max: 1 }, field: "min" },
  ],
  garbage: [{ kind: "map", value: new Map([["units", { kind: "integer", value: 1n }]]) }],
});
