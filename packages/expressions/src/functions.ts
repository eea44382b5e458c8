import { arithmetic } from "./arithmetic.ts";
import { comparisons } from "./comparisons.ts";
import { conversions } from "./conversions.ts";
import { mathFunctions } from "./math-functions.ts";
import type { Overloads } from "./overload.ts";
import { sizeFunctions, stringMethods } from "./string-functions.ts";
import { timeMethods } from "./time-functions.ts";

/** Operators and functions, by name; those of operators begin with a sign that no name does. */
export const functions: ReadonlyMap<string, Overloads> = new Map([
  ...arithmetic,
  ...comparisons,
  ...conversions,
  ...mathFunctions,
  ...sizeFunctions,
]);

/** Methods, by name; the receiver is the first operand. */
export const methods: ReadonlyMap<string, Overloads> = new Map([...stringMethods, ...sizeFunctions, ...timeMethods]);
