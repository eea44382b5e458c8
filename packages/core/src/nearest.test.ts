import { expect, test } from "vitest";
import { nearest } from "./nearest.ts";

test("is the candidate that takes the fewest edits, if those are few enough", () => {
  expect(nearest("sesion_id", ["sessionId", "variable"])).toBe("sessionId");
  expect(nearest("valu", ["value", "values"])).toBe("value");
  expect(nearest("VALUE", ["values", "value"])).toBe("value");
  expect(nearest("nothing", ["value", "values"])).toBeUndefined();
  expect(nearest("x", [])).toBeUndefined();
});

test("is not looked for where lengths alone are too far apart, so that a long text costs nothing", () => {
  const long = "a".repeat(2 ** 24);
  expect(nearest(long, ["sessionId"])).toBeUndefined();
});
