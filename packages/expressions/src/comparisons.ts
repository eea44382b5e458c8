import { type Cel, fail, shownText } from "./cel-value.ts";
import { equals } from "./equality.ts";
import { charge } from "./frame.ts";
import { compareBytes, compareNumbers, compareText, numberOf } from "./order.ts";
import { type Overloads, overload } from "./overload.ts";

const compareBigints = (a: bigint, b: bigint): number => (a < b ? -1 : Number(a > b));

const numberTypes = ["double", "int", "uint"] as const;

function ordering(holds: (order: number) => boolean): Overloads {
  const numbers = numberTypes.flatMap((left) =>
    numberTypes.map((right) =>
      overload([left, right], "bool", (_, a, b) => {
        const order = compareNumbers(a, b);
        return order !== undefined && holds(order);
      }),
    ),
  );
  return [
    ...numbers,
    overload(["string", "string"], "bool", (frame, a, b) => holds(compareText(frame, a, b))),
    overload(["bytes", "bytes"], "bool", (frame, a, b) => holds(compareBytes(frame, a, b))),
    overload(["bool", "bool"], "bool", (_, a, b) => holds(Number(a) - Number(b))),
    overload(["google.protobuf.Timestamp", "google.protobuf.Timestamp"], "bool", (_, a, b) =>
      holds(compareBigints(a.nanos, b.nanos)),
    ),
    overload(["google.protobuf.Duration", "google.protobuf.Duration"], "bool", (_, a, b) =>
      holds(compareBigints(a.nanos, b.nanos)),
    ),
  ];
}

/** The operators that compare, under the names that the parser gives them. */
export const comparisons: readonly (readonly [string, Overloads])[] = [
  ["_==_", [overload(["dyn", "dyn"], "bool", equals)]],
  ["_!=_", [overload(["dyn", "dyn"], "bool", (frame, a, b) => !equals(frame, a, b))]],
  ["_<_", ordering((order) => order < 0)],
  ["_<=_", ordering((order) => order <= 0)],
  ["_>_", ordering((order) => order > 0)],
  ["_>=_", ordering((order) => order >= 0)],
  ["!_", [overload(["bool"], "bool", (_, value) => !value)]],
  [
    "@in",
    [
      overload(["dyn", "list"], "bool", (frame, value, list) => {
        for (let i = 0; i < list.length; i++) {
          charge(frame, 1);
          if (equals(frame, value, list.at(i) ?? null)) return true;
        }
        return false;
      }),
      overload(["dyn", "map"], "bool", (_, key, map) => map.get(key) !== undefined),
    ],
  ],
  [
    "_[_]",
    [
      overload(["list", "dyn"], "dyn", (_, list, index) => {
        const position = typeof index === "number" ? index : Number(numberOf(index) ?? Number.NaN);
        if (!Number.isInteger(position)) return fail("an index of a list must be a whole number");
        if (position < 0 || position >= list.length) {
          return fail(`index ${position} is out of range of a list of ${list.length}`);
        }
        return list.at(position) ?? null;
      }),
      overload(["map", "dyn"], "dyn", (_, map, key) => {
        const value = map.get(key);
        return value === undefined ? fail(`no such key: ${shownKey(key)}`) : value;
      }),
    ],
  ],
];

function shownKey(key: Cel): string {
  if (typeof key === "string") return JSON.stringify(shownText(key));
  return String(numberOf(key) ?? key);
}
