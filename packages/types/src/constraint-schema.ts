import type { Value, ValueRecord } from "@trimtab/core";
import * as z from "zod";
import { isText } from "./value-schema.ts";

/** Reports that one constraint, or what a path within it leads to, contradicts another or cannot be met. */
export type RefuseConstraint = (constraint: string | readonly string[], message: string) => void;

/** Says whether something is a plain record: an object literal or one without a prototype. */
export function isRecord(input: unknown): input is Record<string, unknown> {
  if (typeof input !== "object" || input === null) return false;
  const prototype: unknown = Object.getPrototypeOf(input);
  return prototype === Object.prototype || prototype === null;
}

/**
 * Makes the schema of a type's constraints: a plain record with no keys but those of `shape`. `canonical` then
 * compares the limits with each other and gives the form that is stored, which must parse to itself.
 */
export const constraintSchema = <S extends z.core.$ZodLooseShape, C extends ValueRecord>(
  shape: S,
  canonical: (given: z.output<z.ZodObject<S, z.core.$strict>>, refuse: RefuseConstraint) => C,
): z.ZodType<C> =>
  z
    .custom<Record<string, unknown>>(isRecord, "must be named values")
    .pipe(
      z.strictObject(shape, { error: ({ code }) => (code === "unrecognized_keys" ? unknownAmong(shape) : undefined) }),
    )
    .transform((given, context) =>
      canonical(given, (constraint, message) => {
        context.issues.push({
          code: "custom",
          path: typeof constraint === "string" ? [constraint] : [...constraint],
          message,
          input: given,
        });
      }),
    );

const unknownAmong = (shape: object): string => {
  const known = Object.keys(shape);
  return `is not known; there are ${known.length === 0 ? "none" : known.join(", ")}`;
};

/** A constraint that may be left out but not be `undefined`. */
export const constraint = <T extends z.core.SomeType>(schema: T): z.ZodExactOptional<T> => z.exactOptional(schema);

/** A hint or switch: true or false. */
export const flag = z.boolean({ error: "must be true or false" });

/** A count: a whole number from `min` to 2^53 - 1. */
export const wholeNumber = (min: number): z.ZodType<number> =>
  z.custom<number>(
    (input) => Number.isSafeInteger(input) && (input as number) >= min,
    `must be a whole number of at least ${min}`,
  );

/** A non-empty list of different texts. */
export const texts: z.ZodType<readonly string[]> = z.custom<readonly string[]>(
  (input) => Array.isArray(input) && input.length > 0 && isDense(input) && new Set(input).size === input.length,
  "must be a list of at least one text, all different",
);

const isDense = (list: readonly unknown[]): boolean => {
  for (let i = 0; i < list.length; i++) if (!isText(list[i])) return false;
  return true;
};

/** Drops the keys that are `undefined`, so that an absent constraint is absent. */
export const compact = <T extends Record<string, Value | undefined>>(record: T) =>
  Object.fromEntries(Object.entries(record).filter(([, value]) => value !== undefined)) as {
    readonly [K in keyof T]?: Exclude<T[K], undefined>;
  };

/** Says whether both limits are given and the first is above the second. */
export const isAbove = <N extends number | bigint>(low: N | undefined, high: N | undefined): boolean =>
  low !== undefined && high !== undefined && low > high;
