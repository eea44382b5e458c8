import { isStoreError } from "@trimtab/core";
import { describe, expect, test } from "vitest";
import { compileCondition, compileExpression } from "./compile-expression.ts";
import { evaluate, resultOf, stored } from "./test-parts/evaluate.ts";

function refusal(compile: () => unknown) {
  try {
    compile();
  } catch (error) {
    if (isStoreError(error, "invalid_expression")) return { message: error.message, ...error.details };
    throw error;
  }
  return undefined;
}

const messageOf = (source: string, variables: Parameters<typeof compileExpression>[1]["variables"] = []) =>
  refusal(() => compileExpression(source, { variables }))?.message;

describe("what does not compile", () => {
  test.each([
    ["temprature * 2", "expression: unknown variable 'temprature' at column 1"],
    ["temperature * ", "expression: expected a value, found the end at column 15"],
    ["temperature * * 2", "expression: expected a value, found `*` at column 15"],
    ["(temperature", "expression: expected `)`, found the end at column 13"],
    ["temperature = 1", "expression: `=` is no operator, equality is `==`, at column 13"],
    ["temperature > 0 & true", "expression: `&` is no operator, write `&&`, at column 17"],
    ["temperature 2", "expression: expected an operator or the end, found `2` at column 13"],
    ["", "expression: expected a value, found the end at column 1"],
    ["'abc", "expression: text without its closing ', begun at column 1"],
    ["'a\\q'", "expression: unknown escape \\q at column 3"],
    ["'\\ud800'", "expression: \\ud800 is no code point at column 2"],
    ["9223372036854775808", "expression: whole number beyond 64 bits at column 1"],
    ["1 +\n  §", 'expression: unexpected character "§" at line 2, column 3'],
    ["12abc", "expression: unexpected letters after a number at column 3"],
    ["if + 1", "expression: `if` is a reserved word at column 1"],
    ["foo(1)", "expression: unknown function foo() at column 1"],
    ["'a'.foo()", "expression: unknown method foo() at column 5"],
    ["Message{field: 1}", "expression: expected an operator or the end, found `{` at column 8"],
    ["[1, 2", "expression: expected `,` or `]`, found the end at column 6"],
    ["{'a': 1", "expression: expected `,` or `}`, found the end at column 8"],
    ["has(temperature)", "expression: has() takes one field, for instance has(a.b): wrong argument at column 1"],
    ["[1].all(x.y, true)", "expression: the first argument of all() must be a plain name, at column 11"],
    ["[1].all(x)", "expression: all() takes 2 arguments, got 1, at column 5"],
    ["[1].map(x, x) && true", "expression: an operand of && must be bool, not list, at column 5"],
    ["'a' * 2", "expression: operator * takes no string and int, at column 5"],
    ["-'a'", "expression: operator - takes no string, at column 1"],
    ["size(1)", "expression: size() takes no (int), at column 1"],
    ["(1).startsWith('a')", "expression: int has no method startsWith(string), at column 5"],
    ["1 == 'a'", "expression: int and string are never equal: at column 3"],
    ["1 ? 2 : 3", "expression: the condition of ?: must be bool, not int, at column 1"],
    ["(1).a", "expression: int has no field 'a': at column 5"],
    ["1.all(x, true)", "expression: all() goes over a list or a map, not int, at column 3"],
    ["1 in 2", "expression: operator in takes no int and int, at column 3"],
    ["_in_(1, [1])", "expression: unknown function _in_() at column 1"],
    ["'a'.matches('(')", "expression: no RE2 pattern: error parsing regexp: missing closing ): `(`, at column 13"],
    ["'a'.matches('(?=b)')", /no RE2 pattern/],
  ])("%s", (source, wanted) => {
    const message = messageOf(source, ["temperature"]);
    if (typeof wanted === "string") expect(message).toBe(wanted);
    else expect(message).toMatch(wanted);
  });

  test("an error says where, and in which argument", () => {
    const compile = () => compileExpression("a +\n b", { variables: ["a"], field: "derivation.expression" });
    expect(refusal(compile)).toEqual({
      message: "derivation.expression: unknown variable 'b' at line 2, column 2",
      field: "derivation.expression",
      line: 2,
      column: 2,
    });
  });

  test("a source is no longer than allowed", () => {
    const compile = () => compileExpression("1 + 1", { variables: [], maxLength: 4 });
    expect(refusal(compile)?.message).toBe("expression: longer than 4 characters at column 5");
  });

  test("something that is no text is an invalid argument", () => {
    expect(() => compileExpression(7 as unknown as string, { variables: [] })).toThrow("expression must be text");
  });
});

describe("declarations", () => {
  test("names may be a list, a set, a record of kinds or a function", () => {
    for (const variables of [
      ["a"],
      new Set(["a"]),
      { a: "integer" } as const,
      (name: string) => (name === "a" ? ("any" as const) : undefined),
    ]) {
      const expression = compileExpression("a + 1", { variables });
      expect(expression.references).toEqual(["a"]);
      expect(expression.evaluate(stored({ a: 2n }))).toMatchObject({ kind: "value", value: 3n });
      expect(messageOf("a + b", variables)).toBe("expression: unknown variable 'b' at column 5");
    }
  });

  test("a kind lets what can never fit be refused", () => {
    const variables = { model: "string", count: "integer", weights: "list", now: "timestamp" } as const;
    expect(messageOf("model * 2", variables)).toBe("expression: operator * takes no string and int, at column 7");
    expect(messageOf("model == 4", variables)).toBe("expression: string and int are never equal: at column 7");
    expect(messageOf("count.all(x, true)", variables)).toBe(
      "expression: all() goes over a list or a map, not int, at column 7",
    );
    expect(messageOf("weights[0] + now", variables)).toBeUndefined();
  });

  test("the same source with other declarations is another program", () => {
    expect(messageOf("x * 2", { x: "integer" })).toBeUndefined();
    expect(messageOf("x * 2", { x: "string" })).toBe("expression: operator * takes no string and int, at column 3");
    expect(messageOf("x * 2", [])).toBe("expression: unknown variable 'x' at column 1");
    expect(compileExpression("x * 2", { variables: { x: "integer" } }).type).toBe("int");
    expect(compileExpression("x * 2", { variables: { x: "float" } }).type).toBe("double");
  });

  test("a value that is not of the declared kind fails where it is read", () => {
    const expression = compileExpression("x == 2.0 || true", { variables: { x: "integer" } });
    expect(expression.evaluate(stored({ x: "two" }))).toMatchObject({ kind: "value", value: true });
    const alone = compileExpression("x + 1", { variables: { x: "integer" } });
    expect(alone.evaluate(stored({ x: "two" }))).toMatchObject({
      kind: "failure",
      message: "variable 'x' was declared as integer and holds string at column 1",
    });
  });

  test("a moment is milliseconds in a variable and a timestamp in an expression", () => {
    const variables = { now: "timestamp" } as const;
    const expression = compileExpression(
      "now < timestamp('2026-06-01T00:00:00Z') && now.getHours('Europe/Berlin') == 13",
      { variables },
    );
    const at = Date.UTC(2026, 0, 15, 12, 30);
    expect(expression.evaluate(stored({ now: BigInt(at) }))).toMatchObject({ value: true });
    expect(expression.evaluate(stored({ now: at + 0.5 }))).toMatchObject({ value: true });
    const messages = ["noon", Number.NaN, 1e300].map((now) => expression.evaluate(stored({ now })));
    expect(messages).toMatchObject([
      { message: "variable 'now' was declared as timestamp and holds string at column 1" },
      { message: "variable 'now' was declared as timestamp and holds double at column 1" },
      { message: "the timestamp is not within the years 1 to 9999 at column 1" },
    ]);
  });

  test("names with dots are meant before fields, the longest first", () => {
    const expression = compileExpression("llm.temperature + llm.x.y", {
      variables: ["llm", "llm.temperature", "llm.x"],
    });
    expect(expression.references).toEqual(["llm.temperature", "llm.x"]);
    expect(expression.evaluate(stored({ "llm.temperature": 1, "llm.x": { y: 2 } }))).toMatchObject({ value: 3 });
  });

  test("a macro's variable hides one of the session, unless that is written with a leading dot", () => {
    expect(resultOf("[1, 2].map(x, x + .x)", { x: 10n })).toEqual([11n, 12n]);
    expect(resultOf("[[1], [2]].map(x, x.map(x, x + 1))", { x: 10n })).toEqual([[2n], [3n]]);
  });

  test("fields that are no names are written between backquotes or as an index", () => {
    expect(resultOf("m.`content-type` + m['content-type']", { m: { "content-type": "a" } })).toBe("aa");
  });
});

test.each([
  ["a".repeat(10_000)],
  [`${"a".repeat(10_000)}()`],
  [`m.${"a".repeat(10_000)}`],
  [`m['${"a".repeat(10_000)}']`],
  [`int('${"a".repeat(10_000)}')`],
  [`1 ${"a".repeat(10_000)}`],
  [`timestamp('${"a".repeat(10_000)}')`],
])("messages stay short where a source is long", (source) => {
  const result = (() => {
    try {
      return evaluate(source, { m: {} });
    } catch (error) {
      if (isStoreError(error, "invalid_expression")) return error;
      throw error;
    }
  })();
  expect("message" in result && result.message.length).toBeLessThan(200);
});

describe("conditions", () => {
  const options = { variables: ["x"] };
  test("give booleans", () => {
    const condition = compileCondition("x > 1.0", options);
    expect(condition.evaluate(stored({ x: 2 }))).toMatchObject({ kind: "value", value: true });
  });

  test("what is never one is refused when compiled", () => {
    expect(refusal(() => compileCondition("1 + 1", options))?.message).toBe(
      "expression: must be a condition, and gives int, at column 1",
    );
  });

  test("what turns out to be none is a failure", () => {
    const condition = compileCondition("x", options);
    expect(condition.evaluate(stored({ x: 2 }))).toMatchObject({
      message: "must be true or false, and gives a number",
    });
    expect(condition.evaluate(stored({ x: null }))).toMatchObject({ message: "must be true or false, and gives null" });
    expect(condition.evaluate(stored({ x: [1] }))).toMatchObject({
      message: "must be true or false, and gives a list",
    });
  });
});
