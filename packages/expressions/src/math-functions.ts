import { toInt } from "./arithmetic.ts";
import { type Cel, type Failure, fail, isList, shownType, typeOf, Uint } from "./cel-value.ts";
import { charge, type Frame } from "./frame.ts";
import { compareNumbers, numberOf } from "./order.ts";
import { type Overloads, overload, variadic } from "./overload.ts";

/** A function of one number whose whole-number argument is its own answer. */
const rounding = (round: (value: number) => number): Overloads => [
  overload(["double"], "double", (_, value) => round(value)),
  overload(["int"], "int", (_, value) => value),
  overload(["uint"], "uint", (_, value) => value),
];

const real = (compute: (value: number) => number): Overloads => [
  overload(["double"], "double", (_, value) => compute(value)),
  overload(["int"], "double", (_, value) => compute(Number(value))),
  overload(["uint"], "double", (_, { value }) => compute(Number(value))),
];

const numberTypes = ["double", "int", "uint"] as const;

const power: Overloads = numberTypes.flatMap((left) =>
  numberTypes.map((right) =>
    overload([left, right], "double", (_, base, exponent) => asDouble(base) ** asDouble(exponent)),
  ),
);

const asDouble = (value: number | bigint | Uint): number => Number(value instanceof Uint ? value.value : value);

/** Halves go away from zero, unlike `Math.round`, which moves -0.5 up. */
const roundHalfAway = (value: number): number => {
  const truncated = Math.trunc(value);
  return Math.abs(value - truncated) >= 0.5 ? truncated + Math.sign(value) : truncated;
};

/** The first of the least or greatest numbers; `NaN` where one is. A list alone stands for its items. */
function extreme(name: string, isBetter: (order: number) => boolean) {
  return variadic("dyn", (frame: Frame, operands: readonly Cel[]): Cel | Failure => {
    const [only] = operands;
    const items = operands.length === 1 && only !== undefined && isList(only) ? only : operands;
    if (items.length === 0) return fail(`${name}() of an empty list`);
    let best: Cel | undefined;
    for (let i = 0; i < items.length; i++) {
      charge(frame, 1);
      const item = items.at(i) ?? null;
      if (numberOf(item) === undefined) return fail(`${name}() takes numbers, got ${shownType(typeOf(item))}`);
      if (Number.isNaN(item)) return item;
      if (best === undefined || isBetter(compareNumbers(item, best) ?? 0)) best = item;
    }
    return best ?? null;
  });
}

const clamp: Overloads = [
  overload(["dyn", "dyn", "dyn"], "dyn", (_, value, low, high) => {
    for (const each of [value, low, high]) {
      if (numberOf(each) === undefined) return fail(`clamp() takes numbers, got ${shownType(typeOf(each))}`);
    }
    const order = compareNumbers(low, high);
    if (order === undefined || order > 0) return fail("clamp() needs a lower limit that is not above the upper one");
    if ((compareNumbers(value, low) ?? 0) < 0) return low;
    return (compareNumbers(value, high) ?? 0) > 0 ? high : value;
  }),
];

/** Functions on numbers. Those of one whole number that would leave it as it is keep its type. */
export const mathFunctions: readonly (readonly [string, Overloads])[] = [
  [
    "abs",
    [
      overload(["double"], "double", (_, value) => Math.abs(value)),
      overload(["int"], "int", (_, value) => toInt(value < 0n ? -value : value)),
      overload(["uint"], "uint", (_, value) => value),
    ],
  ],
  ["floor", rounding(Math.floor)],
  ["ceil", rounding(Math.ceil)],
  ["round", rounding(roundHalfAway)],
  ["sqrt", real(Math.sqrt)],
  ["exp", real(Math.exp)],
  ["log", real(Math.log)],
  ["pow", power],
  ["min", [extreme("min", (order) => order < 0)]],
  ["max", [extreme("max", (order) => order > 0)]],
  ["clamp", clamp],
];
