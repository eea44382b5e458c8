import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { Value, ValueRecord } from "./payload.ts";
import { shareRecord } from "./share-record.ts";
import { emptyRecord } from "./variable.ts";

const plain = fc.oneof(
  fc.constantFrom<Value>(0, -0, 1, Number.NaN, Number.POSITIVE_INFINITY, 1n, -1n, "", "1", "n1;", true, false, null),
  fc.double(),
  fc.string({ maxLength: 4 }),
);
const name = fc.constantFrom("min", "max", "a", "1", "", "an1;", "3:maxn1;");
const record: fc.Arbitrary<ValueRecord> = fc
  .uniqueArray(fc.tuple(name, plain), { maxLength: 3, selector: ([key]) => key })
  .map((entries) => Object.fromEntries(entries));

const entriesOf = (each: ValueRecord): string =>
  JSON.stringify(Object.entries(each).map(([key, value]) => [key, tell(value)]));
const tell = (value: Value): string => (Object.is(value, -0) ? "-0" : `${typeof value} ${String(value)}`);

describe("a shared record", () => {
  it("is equal to the one that was given, to the sign of zero, and frozen", () => {
    fc.assert(
      fc.property(record, (given) => {
        const shared = shareRecord(given);
        expect(shared).toStrictEqual(given);
        expect(entriesOf(shared)).toBe(entriesOf(given));
        expect(Object.isFrozen(shared)).toBe(true);
      }),
    );
  });

  it("is one object for all that are equal, and only for those", () => {
    fc.assert(
      fc.property(record, record, (one, other) => {
        expect(shareRecord(one)).toBe(shareRecord({ ...one }));
        expect(shareRecord(one) === shareRecord(other)).toBe(entriesOf(one) === entriesOf(other));
      }),
    );
    expect(shareRecord({})).toBe(emptyRecord);
  });

  it("is the given one where it holds more than plain values, or much", () => {
    for (const given of [{ choices: ["a", "b"] }, { deep: { min: 0 } }, { text: "x".repeat(100) }]) {
      expect(shareRecord(given)).toBe(given);
    }
  });

  it("gives way to others", () => {
    const before = shareRecord({ min: 0.125 });
    for (let max = 0; max < 2000; max++) shareRecord({ max });
    expect(shareRecord({ min: 0.125 })).toStrictEqual(before);
    expect(shareRecord({ max: 1999 })).toBe(shareRecord({ max: 1999 }));
  });
});
