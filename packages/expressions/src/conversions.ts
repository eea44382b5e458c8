import { isInt64 } from "@trimtab/core";
import { isUint64 } from "./arithmetic.ts";
import { type Failure, fail, shownText, TypeValue, typeOf, Uint } from "./cel-value.ts";
import { charge, textCost } from "./frame.ts";
import { type Overloads, overload } from "./overload.ts";
import { createTimestamp, formatDuration, formatTimestamp, parseDuration, parseTimestamp } from "./time.ts";

const shown = (text: string): string => JSON.stringify(shownText(text));

/** The longest text that is read as a number; longer ones are none. */
const maxNumberText = 400;

/** Units for reading a number, a moment or a duration in a text of bounded length. */
const parseCost = 10;

function textToWhole(text: string, type: string, fits: (value: bigint) => boolean): bigint | Failure {
  const value = text.length <= maxNumberText && /^[+-]?\d+$/.test(text) ? BigInt(text.replace("+", "")) : undefined;
  return value !== undefined && fits(value) ? value : fail(`${shown(text)} is no ${type}`);
}

function doubleToWhole(value: number, type: string, fits: (value: bigint) => boolean): bigint | Failure {
  const whole = Number.isFinite(value) ? BigInt(Math.trunc(value)) : undefined;
  return whole !== undefined && fits(whole) ? whole : fail(`${value} does not fit ${type}`);
}

// The ends of the range of `int` are not converted, since a double near them may have been rounded onto them.
const fitsStrictly = (value: bigint): boolean => isInt64(value - 1n) && isInt64(value + 1n);

const toUintOr = (value: bigint | Failure): Uint | Failure => (typeof value === "bigint" ? new Uint(value) : value);

const specialNumbers: ReadonlyMap<string, number> = new Map([
  ["inf", Number.POSITIVE_INFINITY],
  ["infinity", Number.POSITIVE_INFINITY],
  ["nan", Number.NaN],
]);

function textToDouble(text: string): number | Failure {
  if (text.length <= maxNumberText && /^[+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?$/.test(text)) return Number(text);
  const special = text.length <= 10 ? specialNumbers.get(text.toLowerCase().replace(/^[+-]/, "")) : undefined;
  if (special === undefined) return fail(`${shown(text)} is no double`);
  return text.startsWith("-") ? -special : special;
}

const truths: ReadonlyMap<string, boolean> = new Map([
  ...["1", "t", "true", "TRUE", "True"].map((text) => [text, true] as const),
  ...["0", "f", "false", "FALSE", "False"].map((text) => [text, false] as const),
]);

const doubleText = (value: number): string => {
  if (value === Number.POSITIVE_INFINITY) return "+Inf";
  return value === Number.NEGATIVE_INFINITY ? "-Inf" : String(value);
};

const encoder = new TextEncoder();
const decoder = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });

function decodeText(bytes: Uint8Array): string | Failure {
  try {
    return decoder.decode(bytes);
  } catch {
    return fail("the bytes are no UTF-8 text");
  }
}

/** Functions that turn a value into one of another type, named after that type. */
export const conversions: readonly (readonly [string, Overloads])[] = [
  [
    "int",
    [
      overload(["int"], "int", (_, value) => value),
      overload(["uint"], "int", (_, { value }) => (isInt64(value) ? value : fail(`${value} does not fit int`))),
      overload(["double"], "int", (_, value) => doubleToWhole(value, "int", fitsStrictly)),
      overload(["string"], "int", (frame, text) => {
        charge(frame, parseCost);
        return textToWhole(text, "int", isInt64);
      }),
      overload(["google.protobuf.Timestamp"], "int", (_, { nanos }) => floorDivide(nanos, 1_000_000_000n)),
      overload(["google.protobuf.Duration"], "int", (_, { nanos }) => nanos / 1_000_000_000n),
    ],
  ],
  [
    "uint",
    [
      overload(["uint"], "uint", (_, value) => value),
      overload(["int"], "uint", (_, value) => (isUint64(value) ? new Uint(value) : fail(`${value} does not fit uint`))),
      overload(["double"], "uint", (_, value) => toUintOr(doubleToWhole(value, "uint", isUint64))),
      overload(["string"], "uint", (frame, text) => {
        charge(frame, parseCost);
        return toUintOr(textToWhole(text, "uint", isUint64));
      }),
    ],
  ],
  [
    "double",
    [
      overload(["double"], "double", (_, value) => value),
      overload(["int"], "double", (_, value) => Number(value)),
      overload(["uint"], "double", (_, { value }) => Number(value)),
      overload(["string"], "double", (frame, text) => {
        charge(frame, parseCost);
        return textToDouble(text);
      }),
    ],
  ],
  [
    "bool",
    [
      overload(["bool"], "bool", (_, value) => value),
      overload(["string"], "bool", (_, text) => truths.get(text) ?? fail(`${shown(text)} is no bool`)),
    ],
  ],
  [
    "string",
    [
      overload(["string"], "string", (_, value) => value),
      overload(["int"], "string", (_, value) => String(value)),
      overload(["uint"], "string", (_, { value }) => String(value)),
      overload(["double"], "string", (_, value) => doubleText(value)),
      overload(["bool"], "string", (_, value) => String(value)),
      overload(["bytes"], "string", (frame, bytes) => {
        charge(frame, textCost(bytes.length));
        return decodeText(bytes);
      }),
      overload(["google.protobuf.Timestamp"], "string", (_, value) => formatTimestamp(value)),
      overload(["google.protobuf.Duration"], "string", (_, value) => formatDuration(value)),
    ],
  ],
  [
    "bytes",
    [
      overload(["bytes"], "bytes", (_, value) => value),
      overload(["string"], "bytes", (frame, text) => {
        charge(frame, textCost(text.length));
        return encoder.encode(text);
      }),
    ],
  ],
  [
    "timestamp",
    [
      overload(["google.protobuf.Timestamp"], "google.protobuf.Timestamp", (_, value) => value),
      overload(["string"], "google.protobuf.Timestamp", (frame, text) => {
        charge(frame, parseCost);
        return parseTimestamp(text);
      }),
      overload(["int"], "google.protobuf.Timestamp", (_, seconds) => createTimestamp(seconds * 1_000_000_000n)),
    ],
  ],
  [
    "duration",
    [
      overload(["google.protobuf.Duration"], "google.protobuf.Duration", (_, value) => value),
      overload(["string"], "google.protobuf.Duration", (frame, text) => {
        charge(frame, parseCost);
        return parseDuration(text);
      }),
    ],
  ],
  ["dyn", [overload(["dyn"], "dyn", (_, value) => value)]],
  ["type", [overload(["dyn"], "type", (_, value) => new TypeValue(typeOf(value)))]],
];

const floorDivide = (value: bigint, divisor: bigint): bigint =>
  (value - (((value % divisor) + divisor) % divisor)) / divisor;
