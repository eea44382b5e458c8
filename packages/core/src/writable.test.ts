import { expect, test } from "vitest";
import { emptyAdjacency } from "./dependency/adjacency.ts";
import { emptyGraph } from "./dependency/dependency-graph.ts";
import { emptyTable } from "./layered-map.ts";
import { draftOf, newSession } from "./session-state.ts";
import { writable } from "./writable.ts";

const session = () => newSession("s", { atMs: 1000 });
const dependency = { variable: "a", dependsOn: "b", kind: "data", metadata: {}, createdAtMs: 1, revision: 1 } as const;

test("what is written to one session is there for no other that had nothing either", () => {
  const [written, other] = [session(), session()];
  writable(written, "leases").set("a", "b");
  writable(written, "rulesOf").put("a", "r", "r");
  writable(written, "dependencies").put(dependency);
  expect(written.leases.get("a")).toBe("b");
  expect([...written.rulesOf.from("a")]).toEqual(["r"]);
  expect(written.dependencies.size).toBe(1);
  for (const state of [other, session()]) {
    expect([state.leases.size, [...state.rulesOf.all()], state.dependencies.size]).toEqual([0, [], 0]);
  }
  // What is there already goes on being used.
  writable(written, "leases").set("c", "d");
  expect([...written.leases.keys()]).toEqual(["a", "c"]);
});

test("a draft of a session with nothing is written to by itself, and so is its original", () => {
  const original = session();
  const draft = draftOf(original);
  writable(draft, "stale").set("a", "a");
  writable(draft, "dependencies").put(dependency);
  writable(original, "stale").set("b", "b");
  expect([[...draft.stale.keys()], draft.dependencies.size]).toEqual([["a"], 1]);
  expect([[...original.stale.keys()], original.dependencies.size]).toEqual([["b"], 0]);
  const second = draftOf(draft);
  writable(second, "stale").delete("a");
  expect([draft.stale.has("a"), second.stale.has("a")]).toEqual([true, false]);
});

test("what is shared cannot be written to", () => {
  const tables: { set(key: string, value: string): unknown } = emptyTable;
  expect(() => tables.set("a", "a")).toThrow(TypeError);
  expect(() => emptyAdjacency.put("a", "b", undefined as never)).toThrow(TypeError);
  expect(() => emptyGraph.put(dependency)).toThrow(TypeError);
  emptyAdjacency.remove("a", "b");
  emptyGraph.remove("a", "b");
  emptyGraph.removeVariable("a");
  expect([emptyTable.size, [...emptyAdjacency.all()], emptyGraph.size]).toEqual([0, [], 0]);
});
