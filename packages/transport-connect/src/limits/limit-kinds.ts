import { kinds, refusal, shown } from "@trimtab/core";
import type { BucketTableOptions } from "./bucket-table.ts";
import type { CallLimitsOptions } from "./call-limits.ts";
import type { Rate } from "./token-bucket.ts";

const { absentable, atLeast, callable, object, options } = kinds;

const aboveZero: kinds.Kind<number> = (value, field) =>
  typeof value === "number" && value > 0
    ? undefined
    : refusal("invalid_argument", `${field} must be a number above 0, got ${shown(value)}`, {
        field,
        limit: 0,
        ...(typeof value === "number" && { value }),
      });

const rate = object<Rate>({ perSecond: aboveZero, burst: atLeast(1) });

/** What the arguments of `createBucketTable` are. */
export const tableArguments = [
  ["rate", rate],
  ["now", callable],
  ["options", options<BucketTableOptions>({ most: atLeast(0) })],
] as const;

/** What the arguments of `createCallLimits` are: one that is no number, or misspelt, would limit nothing. */
export const limitsArguments = [
  [
    "options",
    object<CallLimitsOptions>(absentable({ caller: rate, session: rate, streams: atLeast(0), now: callable })),
  ],
] as const;
