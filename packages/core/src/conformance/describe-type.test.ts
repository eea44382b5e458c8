import fc from "fast-check";
import * as z from "zod";
import type { ValueRecord } from "../payload.ts";
import { constraintIssue, typeIssue, type VariableType } from "../variable-type.ts";
import { describeType } from "./describe-type.ts";

type Limits = { readonly max?: number };

/** A small type from outside, as somebody would write one for use with Trimtab: hundredths up to a limit. */
const level: VariableType<number, Limits> = {
  name: "level",
  constraints: z
    .custom<ValueRecord>((input) => [Object.prototype, null].includes(Object.getPrototypeOf(input ?? 0)))
    .pipe(z.strictObject({ max: z.number().positive().exactOptional() })),
  values: ({ max = 1000 }) =>
    z.transform((input, context) => {
      if (typeof input !== "number" || !Number.isFinite(input)) {
        context.issues.push(typeIssue("must be a number", input));
        return z.NEVER;
      }
      const rounded = Math.round(input * 100) / 100 + 0;
      if (rounded <= max) return rounded;
      const message = `value ${input} is above maximum ${max}`;
      context.issues.push(constraintIssue(message, input, { constraint: "max", limit: max, value: input }));
      return z.NEVER;
    }),
  encode: (value) => ({ kind: "number", value }),
  decode: (payload) => {
    if (payload.kind !== "number") throw new TypeError(`a level is not stored as ${payload.kind}`);
    return payload.value;
  },
  equals: (a, b) => Object.is(a, b),
  space: ({ max }) => (max === undefined ? undefined : { kind: "real", min: 0, max: Math.floor(max * 100) / 100 }),
};

describeType({
  type: level,
  constraints: fc.record({ max: fc.double({ min: 0.01, max: 1e6, noNaN: true }) }, { requiredKeys: [] }),
  valid: ({ max = 1000 }) => fc.double({ min: -1e6, max: max - 0.01, noNaN: true }),
  satisfies: (value, { max = 1000 }) => value <= max,
  invalid: [
    { value: "warm", reason: "validation_failed", message: "must be a number" },
    {
      constraints: { max: 2 },
      value: 2.5,
      reason: "constraint_violation",
      constraint: "max",
      limit: 2,
      message: "value 2.5 is above maximum 2",
    },
  ],
  invalidConstraints: [
    { constraints: { max: 0 }, field: "max" },
    { constraints: { max: "2" }, field: "max" },
  ],
  garbage: [{ kind: "integer", value: 1n }],
});

/** A type whose author knows of no lists without items: texts, of some of which there may be none. */
const words: VariableType<readonly string[], { readonly without?: readonly string[] }> = {
  name: "words",
  constraints: z
    .custom<ValueRecord>((input) => [Object.prototype, null].includes(Object.getPrototypeOf(input ?? 0)))
    .pipe(z.strictObject({ without: z.array(z.string()).exactOptional() })),
  values: ({ without = [] }) => z.array(z.string().refine((word) => !without.includes(word))),
  encode: (value) => ({ kind: "list", value: value.map((each) => ({ kind: "string", value: each })) }),
  decode: (payload) => {
    if (payload.kind !== "list") throw new TypeError(`words are not stored as ${payload.kind}`);
    return payload.value.map((each) => {
      if (each.kind !== "string") throw new TypeError(`a word is not stored as ${each.kind}`);
      return each.value;
    });
  },
  equals: (a, b) => a.length === b.length && a.every((word, i) => word === b[i]),
  space: () => undefined,
};

describeType({
  type: words,
  constraints: fc.record({ without: fc.array(fc.constantFrom("a", "b")) }, { requiredKeys: [] }),
  valid: () => fc.array(fc.constantFrom("c", "d")),
  satisfies: (value, { without = [] }) => value.every((word) => !without.includes(word)),
  invalid: [{ value: [1], reason: "validation_failed", message: "expected string" }],
  invalidConstraints: [{ constraints: { without: 1 }, field: "without" }],
  garbage: [
    { kind: "string", value: "c" },
    { kind: "list", value: [{ kind: "number", value: 1 }] },
  ],
});
