import { expect, test } from "vitest";
import { counted } from "./counted.ts";

test("what is counted is one thing or several", () => {
  expect([0, 1, 2, 1n].map((count) => counted(count, "session"))).toEqual([
    "0 sessions",
    "1 session",
    "2 sessions",
    "1 session",
  ]);
  expect([1, 3].map((count) => counted(count, "study", "studies"))).toEqual(["1 study", "3 studies"]);
});
