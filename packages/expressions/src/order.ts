import { type Cel, Uint } from "./cel-value.ts";
import { charge, type Frame, textCost } from "./frame.ts";

/** The number in a value of any numeric type; `undefined` for what is no number. */
export function numberOf(value: Cel): number | bigint | undefined {
  if (typeof value === "number" || typeof value === "bigint") return value;
  return value instanceof Uint ? value.value : undefined;
}

/** -1, 0 or 1 for two numbers of any types; `undefined` where one is `NaN` or no number. */
export function compareNumbers(left: Cel, right: Cel): number | undefined {
  const [a, b] = [numberOf(left), numberOf(right)];
  if (a === undefined || b === undefined) return undefined;
  // An integer beside a double is compared as one, as the reference implementations do: beyond 2^53 neighbours are equal.
  const [x, y] = typeof a === typeof b ? [a, b] : [Number(a), Number(b)];
  if (x < y) return -1;
  if (x > y) return 1;
  return x === y ? 0 : undefined;
}

/** Orders bytes as texts are ordered: below 0, 0 or above. */
export function compareBytes(frame: Frame, a: Uint8Array, b: Uint8Array): number {
  const shared = Math.min(a.length, b.length);
  charge(frame, textCost(shared));
  for (let i = 0; i < shared; i++) {
    const difference = (a[i] as number) - (b[i] as number);
    if (difference !== 0) return difference;
  }
  return a.length - b.length;
}

/** Orders texts by code points, which UTF-16 code units do not where one text has a surrogate pair. */
export function compareText(frame: Frame, a: string, b: string): number {
  const shared = Math.min(a.length, b.length);
  charge(frame, textCost(shared));
  if (a === b) return 0;
  let i = 0;
  while (i < shared && a.charCodeAt(i) === b.charCodeAt(i)) i++;
  if (i === shared) return a.length - b.length;
  return codePointRank(a.charCodeAt(i)) - codePointRank(b.charCodeAt(i));
}

/** Moves surrogates above all other code units, where the code points that they stand for belong. */
const codePointRank = (unit: number): number => (unit >= 0xd800 && unit < 0xe000 ? unit + 0x10000 : unit);
