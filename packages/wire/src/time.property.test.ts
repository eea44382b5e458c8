import { DurationSchema, TimestampSchema } from "@bufbuild/protobuf/wkt";
import { laterThan } from "@trimtab/core";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { timeMs } from "./test-parts/arbitraries.ts";
import { throughBinary, throughJson } from "./test-parts/through-the-wire.ts";
import { fromDuration, fromTimestamp, toDuration, toTimestamp } from "./time.ts";
import { fromUint64, toUint64 } from "./whole-number.ts";

describe("times", () => {
  test("that are rounded up to a second are told as that second", () => {
    expect(toTimestamp(1999.9999)).toMatchObject({ seconds: 2n, nanos: 0 });
    expect(toTimestamp(-0.0001)).toMatchObject({ seconds: 0n, nanos: 0 });
    expect(toTimestamp(1999.999)).toMatchObject({ seconds: 1n, nanos: 999_999_000 });
  });

  test("of whole microseconds come back exactly, in both encodings", () => {
    fc.assert(
      fc.property(timeMs, (atMs) => {
        expect(fromTimestamp(throughBinary(TimestampSchema, toTimestamp(atMs)), "at")).toBe(atMs);
        expect(fromTimestamp(throughJson(TimestampSchema, toTimestamp(atMs)), "at")).toBe(atMs);
      }),
      { numRuns: 2000 },
    );
  });

  test("that core moves on by a microsecond come back exactly, and stay in order", () => {
    fc.assert(
      fc.property(timeMs, fc.integer({ min: 1, max: 20 }), (startMs, steps) => {
        let atMs = startMs;
        for (let i = 0; i < steps; i++) {
          const next = laterThan(atMs, atMs);
          expect(fromTimestamp(toTimestamp(next), "at")).toBe(next);
          expect(next).toBeGreaterThan(atMs);
          atMs = next;
        }
      }),
    );
  });

  test("before 1970 come back too", () => {
    fc.assert(
      fc.property(fc.integer({ min: -9_000_000_000_000, max: 0 }), (atMs) => {
        expect(fromTimestamp(throughBinary(TimestampSchema, toTimestamp(atMs)), "at")).toBe(atMs);
      }),
    );
  });

  test("are refused where absent or out of range", () => {
    const time = (seconds: bigint, nanos = 0) => ({ $typeName: "google.protobuf.Timestamp" as const, seconds, nanos });
    expect(() => fromTimestamp(undefined, "created_at")).toThrow("created_at is required");
    expect(() => fromTimestamp(time(2n ** 62n), "created_at")).toThrow(/out of range/);
    expect(() => fromTimestamp(time(1n, -1), "created_at")).toThrow(/-1 nanoseconds/);
    expect(() => fromTimestamp(time(1n, 1_000_000_000), "created_at")).toThrow(/nanoseconds/);
  });
});

describe("lengths of time", () => {
  const durationMs = fc.tuple(fc.integer({ min: -(10 ** 12), max: 10 ** 12 }), fc.constantFrom(0, 0.5, 0.25, 0.125));

  test("come back exactly, in both encodings", () => {
    fc.assert(
      fc.property(durationMs, ([whole, fraction]) => {
        const ms = whole + fraction;
        expect(fromDuration(throughBinary(DurationSchema, toDuration(ms)), "ttl")).toBe(ms);
        expect(fromDuration(throughJson(DurationSchema, toDuration(ms)), "ttl")).toBe(ms);
      }),
    );
  });

  test("of whole nanoseconds come back exactly", () => {
    expect(fromDuration(toDuration(1.584402), "ttl")).toBe(1.584402);
    fc.assert(
      fc.property(fc.integer({ min: -1e15, max: 1e15 }), (nanos) => {
        const ms = nanos / 1_000_000;
        expect(fromDuration(throughBinary(DurationSchema, toDuration(ms)), "ttl")).toBe(ms);
      }),
    );
  });

  test("of any fraction come back to the nanosecond", () => {
    fc.assert(
      fc.property(fc.double({ min: -1e9, max: 1e9, noNaN: true }), (ms) => {
        const back = fromDuration(throughBinary(DurationSchema, toDuration(ms)), "ttl");
        expect(Math.abs(back - ms)).toBeLessThan(1e-6);
      }),
    );
  });

  test("are refused where they are none", () => {
    const duration = (seconds: bigint, nanos = 0) => ({
      $typeName: "google.protobuf.Duration" as const,
      seconds,
      nanos,
    });
    expect(() => fromDuration(duration(1n, -1), "ttl")).toThrow(/no duration/);
    expect(() => fromDuration(duration(-1n, 1), "ttl")).toThrow(/no duration/);
    expect(() => fromDuration(duration(0n, 1_000_000_000), "ttl")).toThrow(/no duration/);
    expect(() => fromDuration(duration(2n ** 62n), "ttl")).toThrow(/out of range/);
  });
});

describe("counts", () => {
  test("come back exactly up to 2^53-1, and are refused beyond", () => {
    fc.assert(fc.property(fc.maxSafeNat(), (count) => fromUint64(toUint64(count), "revision") === count));
    expect(() => fromUint64(2n ** 53n, "revision")).toThrow(/revision is 9007199254740992, at most 9007199254740991/);
    expect(() => fromUint64(2n ** 64n - 1n, "revision")).toThrow(/revision/);
  });
});
