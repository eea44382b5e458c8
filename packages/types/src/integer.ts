import { type DeclarationOptions, isInt64, type VariableDeclaration, type VariableType } from "@trimtab/core";
import * as z from "zod";
import { compact, constraint, constraintSchema, flag, isAbove } from "./constraint-schema.ts";
import { declareVariable } from "./declare-variable.ts";
import { fromExact, isMultiple, toExact } from "./exact-integer.ts";
import { narrowedType } from "./narrowed-type.ts";
import { quote, refuseConstraint, refuseType, valueSchema } from "./value-schema.ts";

/** Limits of an integer variable; each is a `number` where it is safe and a `bigint` beyond. */
export type IntegerConstraints = {
  /** Lowest value, inclusive. */
  readonly min?: number | bigint;
  /** Highest value, inclusive. */
  readonly max?: number | bigint;
  /** Values must be `min + k * step`, or `k * step` without a minimum; others are refused, not moved. */
  readonly step?: number | bigint;
  /** Tells optimizers to search magnitudes rather than differences; needs `min` above 0. Does not limit values. */
  readonly log?: boolean;
};

const limit = z.custom<number | bigint>(
  (input) => toExact(input) !== undefined,
  "must be an integer of at most 64 bits: a number within ±(2^53-1) or a bigint",
);

const constraints = constraintSchema(
  { min: constraint(limit), max: constraint(limit), step: constraint(limit), log: constraint(flag) },
  ({ min, max, step, ...rest }, refuse): IntegerConstraints => {
    const limits = compact({ min: toExact(min), max: toExact(max), step: toExact(step) });
    if (isAbove(limits.min, limits.max)) refuse("min", `${limits.min} is above max ${limits.max}`);
    if (limits.step !== undefined && limits.step <= 0) refuse("step", `must be above 0, got ${limits.step}`);
    if (rest.log && !isAbove(limits.min, 0)) refuse("log", "needs a min above 0");
    return { ...limits, ...rest };
  },
);

/** The schema of both integer types: they differ in the JavaScript type that `convert` gives. */
const integers = <V extends number | bigint>(
  { min, max, step }: IntegerConstraints,
  convert: (exact: number | bigint) => V,
): z.ZodType<V> =>
  valueSchema((input, context) => {
    const value = toExact(input);
    if (value === undefined) return refuseType(context, notInteger(input), input);
    if (min !== undefined && value < min) {
      const broken = { input, constraint: "min", limit: min, value };
      return refuseConstraint(context, `value ${value} is below minimum ${min}`, broken);
    }
    if (max !== undefined && value > max) {
      const broken = { input, constraint: "max", limit: max, value };
      return refuseConstraint(context, `value ${value} is above maximum ${max}`, broken);
    }
    if (step !== undefined && !isMultiple(value, step, min ?? 0)) {
      const broken = { input, constraint: "step", limit: step, value };
      return refuseConstraint(context, `value ${value} is not on the grid of step ${step} from ${min ?? 0}`, broken);
    }
    return convert(value);
  });

function notInteger(input: unknown): string {
  if (typeof input === "bigint") return `must be an integer of at most 64 bits, got ${quote(input)}`;
  if (typeof input !== "number") return "must be an integer";
  if (!Number.isInteger(input)) return `must be a whole number, got ${input}`;
  return `must be an integer within ±(2^53-1), got ${input}: beyond that a number is not exact, use a bigint`;
}

/** What both integer types share: one type on the wire, with exact signed 64-bit integers. */
const shared: Pick<VariableType<number | bigint, IntegerConstraints>, "name" | "constraints" | "encode" | "space"> = {
  name: "integer",
  constraints,
  encode: (value) => ({ kind: "integer", value: BigInt(value) }),
  space: ({ min, max, step, log }) =>
    min === undefined || max === undefined
      ? undefined
      : {
          kind: "integer",
          min: BigInt(min),
          max: BigInt(max),
          ...(step !== undefined && { step: BigInt(step) }),
          ...(log && { log }),
        },
};

/**
 * Exact signed 64-bit integers: a `number` within ±(2^53-1) and a `bigint` beyond. Takes whole numbers within that
 * range and bigints; a number beyond it is refused, since it may already have been rounded.
 */
export const integerType: VariableType<number | bigint, IntegerConstraints> = {
  ...shared,
  values: (limits) => integers(limits, (exact) => exact),
  decode: (payload) => {
    if (payload.kind !== "integer" || !isInt64(payload.value)) throw new TypeError("no stored integer");
    return fromExact(payload.value);
  },
  equals: (a, b) => a === b,
};

/** The same type on the wire as {@link integerType}, for programs that hold its values as `bigint` throughout. */
export const bigIntegerType: VariableType<bigint, IntegerConstraints> = {
  ...shared,
  values: (limits) => integers(limits, BigInt),
  decode: (payload) => {
    if (payload.kind !== "integer" || !isInt64(payload.value)) throw new TypeError("no stored integer");
    return payload.value;
  },
  equals: (a, b) => a === b,
};

/** Constraints and surroundings of an integer variable whose values are all numbers. */
export type IntegerOptions = { readonly [K in "min" | "max" | "step"]?: number } & Pick<IntegerConstraints, "log"> &
  DeclarationOptions<number>;

/** Constraints and surroundings of an integer variable whose values are bigints. */
export type BigIntegerOptions = IntegerConstraints & DeclarationOptions<bigint>;

/**
 * Declares an integer variable whose values are numbers. Where no limit says so it adds the bounds ±(2^53-1), or with
 * a step and no minimum the lowest multiple of the step within them, so that no value can be a `bigint`. Where a variable
 * was registered with wider limits, values beyond are refused when they are read.
 *
 * @throws StoreError `invalid_constraints`, also beyond ±(2^53-1); `validation_failed` or `constraint_violation` for the default
 */
export function integer(options: IntegerOptions = {}): VariableDeclaration<number> {
  // Parsed before bounds are added, so that what is refused is what was written.
  const { constraints: given } = declareVariable<number>(integerType, { ...options, default: undefined });
  const { step = 1 } = given as IntegerOptions;
  const lowest = -(Number.MAX_SAFE_INTEGER - (Number.MAX_SAFE_INTEGER % Number(step))) + 0;
  const bounded = { ...options, min: options.min ?? lowest, max: options.max ?? Number.MAX_SAFE_INTEGER };
  return declareVariable(numberBounds, bounded);
}

/** As {@link integerType}, but its constraints leave nothing beyond a safe number, and no such value is read. */
const numberBounds: typeof integerType = {
  ...narrowedType(integerType, (value) =>
    typeof value === "bigint" ? `${value} is beyond ±(2^53-1); declare a bigInteger for more` : undefined,
  ),
  constraints: constraints.refine(({ min = 0, max = 0 }) => typeof min === "number" && typeof max === "number", {
    path: ["max"],
    message: "must be within ±(2^53-1); declare a bigInteger for more",
  }),
};

/**
 * Declares an integer variable whose values are bigints, all 64 bits wide.
 *
 * @throws StoreError `invalid_constraints`; `validation_failed` or `constraint_violation` for the default
 */
export const bigInteger = (options: BigIntegerOptions = {}): VariableDeclaration<bigint> =>
  declareVariable(bigIntegerType, options);
