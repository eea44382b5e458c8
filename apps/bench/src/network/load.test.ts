import { expect, test } from "vitest";
import { summarise } from "./load.ts";

test("a load is summed up by its percentiles", () => {
  const millis = Array.from({ length: 1000 }, (_, index) => 1000 - index);
  expect(summarise(millis, 2)).toEqual({ operations: 1000, perSecond: 500, p50: 501, p95: 951, p99: 991 });
});

test("what is no time is left out", () => {
  expect(summarise([Number.NaN, 3], 1)).toMatchObject({ operations: 1, p50: 3, p99: 3 });
});
