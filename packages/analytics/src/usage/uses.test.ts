import { expect, test } from "vitest";
import { createUses } from "./uses.ts";

test("a watch is counted with the session whose variables it selects, however they are called", () => {
  const uses = createUses();
  const observersOf = (session: string) => uses.of(session)?.observersOf({ id: "var_n_1", name: "n" }) ?? 0;
  const ends = ["s/n", "s/var_n_1", "s/other"].map((ref) => uses.watching("guest", { refs: [ref] }));
  ends.push(uses.watching("s", { refs: ["s/n"] }), uses.watching("s", { refs: ["other"], pattern: "n*" }));
  // A glob adds nothing to what is named of another session.
  ends.push(uses.watching("guest", { refs: ["s/other"], pattern: "n*" }));
  expect([observersOf("s"), observersOf("guest")]).toEqual([4, 0]);
  for (const end of ends) end();
  expect(observersOf("s")).toBe(0);
});
