import type { DeclarationOptions, VariableDeclaration, VariableType } from "@trimtab/core";
import * as z from "zod";
import { compact, constraint, constraintSchema, flag, isAbove } from "./constraint-schema.ts";
import { declareVariable } from "./declare-variable.ts";
import { createStepGrid } from "./step-grid.ts";
import { quote, refuseConstraint, refuseType, valueSchema } from "./value-schema.ts";

/** Limits of a float variable. An alias and not an interface, so that it is a plain record. */
export type FloatConstraints = {
  /** Lowest value, inclusive. */
  readonly min?: number;
  /** Highest value, inclusive. */
  readonly max?: number;
  /** Above 0. Values must lie on the grid `min + k * step`, or `k * step` without a minimum; others are refused, not moved. */
  readonly step?: number;
  /** Lets `NaN` and the infinities in; they then pass `min`, `max` and `step`. */
  readonly allow_special?: boolean;
  /** Tells optimizers to search magnitudes rather than differences; needs `min` above 0. Does not limit values. */
  readonly log?: boolean;
};

const limit = z.custom<number | bigint>(
  (input) => (typeof input === "number" && Number.isFinite(input)) || isExactFloat(input),
  "must be a finite number",
);

/**
 * 64-bit floats. Takes numbers, integers given as bigint where a float holds them exactly, and the texts `NaN`,
 * `Infinity` and `-Infinity`; other text is refused. `-0` becomes `0`, since JSON cannot tell them apart.
 */
export const floatType: VariableType<number, FloatConstraints> = {
  name: "float",
  constraints: constraintSchema(
    {
      min: constraint(limit),
      max: constraint(limit),
      step: constraint(limit),
      allow_special: constraint(flag),
      log: constraint(flag),
    },
    ({ min, max, step, ...rest }, refuse) => {
      const limits = compact({ min: toLimit(min), max: toLimit(max), step: toLimit(step) });
      if (isAbove(limits.min, limits.max)) refuse("min", `${limits.min} is above max ${limits.max}`);
      if (limits.step !== undefined && limits.step <= 0) refuse("step", `must be above 0, got ${limits.step}`);
      if (rest.log && !isAbove(limits.min, 0)) refuse("log", "needs a min above 0");
      return { ...limits, ...rest };
    },
  ),
  values: ({ min, max, step, allow_special: allowSpecial = false }) => {
    const low = min ?? -Infinity;
    const high = max ?? Infinity;
    const onGrid = step === undefined ? undefined : createStepGrid(step, min ?? 0);
    return valueSchema((input, context) => {
      const value = typeof input === "number" ? input : toFloat(input);
      if (value === undefined) return refuseType(context, notFloat(input), input);
      if (!Number.isFinite(value)) {
        if (allowSpecial) return value;
        const broken = { input, constraint: "allow_special", limit: false, value };
        return refuseConstraint(context, `must be a finite number, got ${value}`, broken);
      }
      if (value < low) {
        const broken = { input, constraint: "min", limit: low, value };
        return refuseConstraint(context, `value ${value} is below minimum ${low}`, broken);
      }
      if (value > high) {
        const broken = { input, constraint: "max", limit: high, value };
        return refuseConstraint(context, `value ${value} is above maximum ${high}`, broken);
      }
      if (onGrid !== undefined && step !== undefined && !onGrid(value)) {
        const broken = { input, constraint: "step", limit: step, value };
        return refuseConstraint(context, `value ${value} is not on the grid of step ${step} from ${min ?? 0}`, broken);
      }
      return value + 0;
    });
  },
  encode: (value) => ({ kind: "number", value }),
  decode: (payload) => {
    if (payload.kind !== "number" || Object.is(payload.value, -0)) throw new TypeError("no stored float");
    return payload.value;
  },
  equals: (a, b) => a === b || (Number.isNaN(a) && Number.isNaN(b)),
  space: ({ min, max, step, log }) =>
    min === undefined || max === undefined
      ? undefined
      : { kind: "real", min, max, ...(step !== undefined && { step }), ...(log && { log }) },
};

const isExactFloat = (input: unknown): input is bigint =>
  typeof input === "bigint" && Number.isFinite(Number(input)) && BigInt(Number(input)) === input;

const toLimit = (limit: number | bigint | undefined) => (limit === undefined ? undefined : Number(limit) + 0);

function toFloat(input: unknown): number | undefined {
  if (input === "NaN" || input === "Infinity" || input === "-Infinity") return Number(input);
  return isExactFloat(input) ? Number(input) : undefined;
}

const notFloat = (input: unknown) =>
  typeof input === "bigint" ? `must be a number that a float holds exactly, got ${quote(input)}` : "must be a number";

/** Constraints and surroundings of a float variable. */
export type FloatOptions = FloatConstraints & DeclarationOptions<number>;

/**
 * Declares a float variable.
 *
 * @throws StoreError `invalid_constraints`; `validation_failed` or `constraint_violation` for the default
 */
export const float = (options: FloatOptions = {}): VariableDeclaration<number> => declareVariable(floatType, options);
