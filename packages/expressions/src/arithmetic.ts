import { isInt64 } from "@trimtab/core";
import { type Cel, type Failure, fail, Uint } from "./cel-value.ts";
import { charge, copyCost, type Frame } from "./frame.ts";
import { type Overloads, overload } from "./overload.ts";
import { createDuration, createTimestamp } from "./time.ts";

const maxUint64 = 2n ** 64n - 1n;

/** Says whether a bigint is an unsigned 64-bit integer. */
export const isUint64 = (value: bigint): boolean => value >= 0n && value <= maxUint64;

/** A whole number as an `int`, or why it is none. */
export const toInt = (value: bigint | Failure): bigint | Failure =>
  typeof value !== "bigint" || isInt64(value) ? value : fail("the result does not fit a 64-bit integer");

/** A whole number as a `uint`, or why it is none. */
function toUint(value: bigint | Failure): Uint | Failure {
  if (typeof value !== "bigint") return value;
  return isUint64(value) ? new Uint(value) : fail("the result does not fit an unsigned 64-bit integer");
}

interface Operation {
  readonly whole: (a: bigint, b: bigint) => bigint | Failure;
  readonly real: (a: number, b: number) => number;
}

/**
 * The overloads of an operator on numbers. CEL has none for an integer with a double; here the integer becomes a
 * double, since the people who write `temperature * 2` mean that. It gives a value where CEL fails, and changes none.
 */
function numeric({ whole, real }: Operation): Overloads {
  return [
    overload(["double", "double"], "double", (_, a, b) => real(a, b)),
    overload(["int", "int"], "int", (_, a, b) => toInt(whole(a, b))),
    overload(["int", "double"], "double", (_, a, b) => real(Number(a), b)),
    overload(["double", "int"], "double", (_, a, b) => real(a, Number(b))),
    overload(["uint", "uint"], "uint", (_, a, b) => toUint(whole(a.value, b.value))),
    overload(["uint", "double"], "double", (_, a, b) => real(Number(a.value), b)),
    overload(["double", "uint"], "double", (_, a, b) => real(a, Number(b.value))),
  ];
}

const quotient = (a: bigint, b: bigint): bigint | Failure => (b === 0n ? divisionByZero() : a / b);

const divisionByZero = (): Failure => fail("division by zero");

function concatBytes(frame: Frame, a: Uint8Array, b: Uint8Array): Uint8Array {
  charge(frame, copyCost(a.length + b.length));
  const joined = new Uint8Array(a.length + b.length);
  joined.set(a);
  joined.set(b, a.length);
  return joined;
}

/** The arithmetic operators, under the names that the parser gives them. */
export const arithmetic: readonly (readonly [string, Overloads])[] = [
  [
    "_+_",
    [
      ...numeric({ whole: (a, b) => a + b, real: (a, b) => a + b }),
      overload(["string", "string"], "string", (frame, a, b) => {
        charge(frame, copyCost(a.length + b.length));
        return a + b;
      }),
      overload(["bytes", "bytes"], "bytes", concatBytes),
      overload(["list", "list"], "list", (frame, a, b) => {
        charge(frame, (a.length + b.length) / 4);
        const joined: Cel[] = [];
        for (const list of [a, b]) for (let i = 0; i < list.length; i++) joined.push(list.at(i) ?? null);
        return joined;
      }),
      overload(["google.protobuf.Timestamp", "google.protobuf.Duration"], "google.protobuf.Timestamp", (_, a, b) =>
        createTimestamp(a.nanos + b.nanos),
      ),
      overload(["google.protobuf.Duration", "google.protobuf.Timestamp"], "google.protobuf.Timestamp", (_, a, b) =>
        createTimestamp(a.nanos + b.nanos),
      ),
      overload(["google.protobuf.Duration", "google.protobuf.Duration"], "google.protobuf.Duration", (_, a, b) =>
        createDuration(a.nanos + b.nanos),
      ),
    ],
  ],
  [
    "_-_",
    [
      ...numeric({ whole: (a, b) => a - b, real: (a, b) => a - b }),
      overload(["google.protobuf.Timestamp", "google.protobuf.Timestamp"], "google.protobuf.Duration", (_, a, b) =>
        createDuration(a.nanos - b.nanos),
      ),
      overload(["google.protobuf.Timestamp", "google.protobuf.Duration"], "google.protobuf.Timestamp", (_, a, b) =>
        createTimestamp(a.nanos - b.nanos),
      ),
      overload(["google.protobuf.Duration", "google.protobuf.Duration"], "google.protobuf.Duration", (_, a, b) =>
        createDuration(a.nanos - b.nanos),
      ),
    ],
  ],
  ["_*_", numeric({ whole: (a, b) => a * b, real: (a, b) => a * b })],
  ["_/_", numeric({ whole: quotient, real: (a, b) => a / b })],
  [
    "_%_",
    [
      overload(["int", "int"], "int", (_, a, b) => (b === 0n ? divisionByZero() : a % b)),
      overload(["uint", "uint"], "uint", (_, a, b) =>
        b.value === 0n ? divisionByZero() : new Uint(a.value % b.value),
      ),
    ],
  ],
  ["-_", [overload(["double"], "double", (_, a) => -a), overload(["int"], "int", (_, a) => toInt(-a))]],
];
