import { expect, test } from "vitest";
import { checkRange, checkTime, checkWhole } from "./check-argument.ts";

test("text that reads like a number is shown as text where a number must be", () => {
  expect(checkWhole("7", "expectedVersion", 0)?.message).toBe(
    'expectedVersion must be a whole number of at least 0, got "7"',
  );
  expect(checkWhole(-1, "expectedVersion", 0)?.message).toMatch("got -1");
  expect(checkWhole(7, "expectedVersion", 0)).toBeUndefined();
});

test("a time beyond those that can be told is refused with the last one that can", () => {
  expect(checkTime(Date.UTC(2255, 0), "atMs")).toBeUndefined();
  const refused = checkTime(Date.UTC(2300, 0), "atMs");
  expect(refused?.message).toMatch("up to 9007199254740.99, in the year 2255, got 10413792000000");
  expect(refused?.details).toEqual({ field: "atMs", limit: 9007199254740.99, value: 10413792000000 });
  expect(checkTime(-Date.UTC(2300, 0), "atMs")?.message).toMatch("down to -9007199254740.99, in the year 1684");
  expect(checkTime(Number.NaN, "atMs")?.details).toEqual({ field: "atMs" });
});

test("a number above a range is refused with its end, however large it is", () => {
  const refused = checkRange(1e18, "ttlMs", { min: 1, max: 1000 });
  expect(refused?.message).toBe("ttlMs must be at most 1000, got 1000000000000000000");
  expect(refused?.details).toEqual({ field: "ttlMs", limit: 1000, value: 1e18 });
  expect(checkRange(Number.NaN, "ttlMs", { min: 1, max: 1000 })?.details).toMatchObject({ limit: 1 });
});
