import { expect, test } from "vitest";
import { checkWhole } from "./check-argument.ts";

test("text that reads like a number is shown as text where a number must be", () => {
  expect(checkWhole("7", "expectedVersion", 0)?.message).toBe(
    'expectedVersion must be a whole number of at least 0, got "7"',
  );
  expect(checkWhole(-1, "expectedVersion", 0)?.message).toMatch("got -1");
  expect(checkWhole(7, "expectedVersion", 0)).toBeUndefined();
});
