import { describe, expect, test } from "vitest";
import {
  deleteProgram,
  deleteVariable,
  draftOf,
  findVariable,
  hasVariable,
  isExpired,
  listVariables,
  newSession,
  putProgram,
  putVariable,
  sessionStats,
  variableNames,
} from "./session-state.ts";
import { createVariable } from "./variable.ts";

const variable = (id: string, name: string, value = "hello") =>
  createVariable({ id, name, type: "string", payload: { kind: "string", value }, createdAtMs: 1000 });
const session = () => newSession("test_session", { atMs: 1000 });

describe("variables of a session", () => {
  test("are found by id and by name", () => {
    const state = putVariable(session(), variable("var_1", "my_var"));
    expect(findVariable(state, "var_1")?.value).toBe("hello");
    expect(findVariable(state, "my_var")?.value).toBe("hello");
    expect(hasVariable(state, "my_var")).toBe(true);
    expect(findVariable(state, "nonexistent")).toBeUndefined();
    expect(variableNames(state)).toEqual(["my_var"]);
  });

  test("are listed in the order they were put, names that equal ids included", () => {
    const state = session();
    for (const n of ["1", "2", "3"]) putVariable(state, variable(`var_${n}`, `var_${n}`, n));
    expect(listVariables(state).map((each) => each.value)).toEqual(["1", "2", "3"]);
  });

  test("are listed by glob, which matches whole names", () => {
    const state = session();
    for (const name of ["temp_cpu", "temp_gpu", "memory_used", "my_temp_1"])
      putVariable(state, variable(`id_${name}`, name));
    expect(listVariables(state, "temp_*").map((each) => each.name)).toEqual(["temp_cpu", "temp_gpu"]);
  });

  test("an id wins over a name", () => {
    const state = putVariable(session(), variable("var_a_1", "var_c_2", "first"));
    expect(findVariable(state, "var_c_2")?.value).toBe("first");
    putVariable(state, variable("var_c_2", "c", "second"));
    expect(findVariable(state, "var_c_2")?.value).toBe("second");
  });

  test("a new name drops the old one, and deleting leaves a name that another has taken", () => {
    const state = putVariable(session(), variable("a", "old"));
    putVariable(state, variable("a", "new"));
    expect(hasVariable(state, "old")).toBe(false);
    putVariable(state, variable("b", "new"));
    deleteVariable(state, "a");
    expect(findVariable(state, "new")?.id).toBe("b");
    expect(deleteVariable(state, "unknown").variableCount).toBe(1);
  });

  test("are counted, each put as an update", () => {
    const state = putVariable(session(), variable("var_1", "test"));
    expect(state).toMatchObject({ variableCount: 1, totalVariableUpdates: 1 });
    putVariable(state, variable("var_1", "test", "again"));
    expect(state).toMatchObject({ variableCount: 1, totalVariableUpdates: 2 });
    deleteVariable(state, "test");
    putProgram(state, { id: "p", body: {}, createdAtMs: 1, updatedAtMs: 1 });
    putProgram(state, { id: "p", body: { n: 1 }, createdAtMs: 1, updatedAtMs: 2 });
    expect(sessionStats(state, { ageMs: 5, sinceAccessMs: 2 })).toEqual({
      variableCount: 0,
      programCount: 1,
      totalVariableUpdates: 2,
      totalItems: 1,
      ageMs: 5,
      timeSinceAccessMs: 2,
    });
    deleteProgram(deleteProgram(state, "p"), "p");
    expect(state.programCount).toBe(0);
  });
});

test("a session expires strictly after its time to live", () => {
  const state = newSession("s", { atMs: 0, ttlMs: 1000 });
  expect(isExpired(state, 1000)).toBe(false);
  expect(isExpired(state, 1000.001)).toBe(true);
});

test("a draft changes without its original, which may change under it", () => {
  const state = putVariable(putVariable(session(), variable("a", "a")), variable("b", "b"));
  const draft = draftOf(state);
  deleteVariable(draft, "a");
  putVariable(draft, variable("c", "c"));
  expect(variableNames(draft)).toEqual(["b", "c"]);
  expect(listVariables(draft).map((each) => each.id)).toEqual(["b", "c"]);
  expect(draft.variables.size).toBe(2);
  expect(variableNames(state)).toEqual(["a", "b"]);
  expect(state.variableCount).toBe(2);
  putVariable(draft, variable("a", "a", "back"));
  expect(findVariable(draft, "a")?.value).toBe("back");
  expect(findVariable(state, "a")?.value).toBe("hello");
});
