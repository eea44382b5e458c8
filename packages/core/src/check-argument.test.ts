import { expect, test } from "vitest";
import { checkTime, checkWhole } from "./check-argument.ts";

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
