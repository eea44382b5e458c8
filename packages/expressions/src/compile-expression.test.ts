import { isStoreError, type NdArray } from "@trimtab/core";
import { describe, expect, test } from "vitest";
import { compileCondition, compileExpression, plainScope } from "./compile-expression.ts";
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

describe("what expressions are for", () => {
  test.each([
    ["temperature * 2.0", { temperature: 0.75 }, 1.5],
    ["temperature * 2", { temperature: 0.75 }, 1.5],
    ["count * 2", { count: 21n }, 42n],
    ["count / 2", { count: 7n }, 3n],
    ["double(count) / 2", { count: 7n }, 3.5],
    ['model == "gpt-4" ? 4096 : 1024', { model: "gpt-4" }, 4096n],
    ['model == "gpt-4" ? 4096 : 1024', { model: "other" }, 1024n],
    ['!(model == "x") || max_tokens <= 4096', { model: "x", max_tokens: 4097n }, false],
    ['!(model == "x") || max_tokens <= 4096', { model: "y", max_tokens: 4097n }, true],
    ["abs(new - old) > 0.1", { old: 0.5, new: 0.7 }, true],
    ["abs(new - old) > 0.1", { old: 0.5, new: 0.55 }, false],
    ['caller.metadata.role == "admin"', { caller: { metadata: { role: "admin" } } }, true],
    ['caller.metadata.role in ["admin", "owner"]', { caller: { metadata: { role: "guest" } } }, false],
    ["has(caller.metadata.role) && caller.metadata.role == 'x'", { caller: { metadata: {} } }, false],
    ["modules.filter(m, m.startsWith('qa')).size()", { modules: ["qa1", "qa2", "x"] }, 2n],
  ])("%s", (source, values, wanted) => {
    expect(resultOf(source, values)).toEqual(wanted);
  });
});

describe("numbers", () => {
  test.each([
    ["1 + 2.5", 3.5],
    ["2.5 - 1", 1.5],
    ["3 / 2", 1n],
    ["3 / 2.0", 1.5],
    ["1 < 1.5", true],
    ["2 == 2.0", true],
    ["9223372036854775807 + 1", { failure: "the result does not fit a 64-bit integer at column 21" }],
    ["-(-9223372036854775807 - 1)", { failure: "the result does not fit a 64-bit integer at column 1" }],
    ["abs(-9223372036854775808)", { failure: "the result does not fit a 64-bit integer at column 1" }],
    ["1 / 0", { failure: "division by zero at column 3" }],
    ["1.0 / 0", Number.POSITIVE_INFINITY],
    ["7 % 0", { failure: "division by zero at column 3" }],
    ["-7 % 3", -1n],
    ["abs(-3)", 3n],
    ["abs(-3.5)", 3.5],
    ["min(3, 2.5, 4)", 2.5],
    ["max([1, 2, 3])", 3n],
    ["max(0.5, 0.25)", 0.5],
    ["min([])", { failure: "min() of an empty list at column 1" }],
    ["max(1, 'a')", { failure: "max() takes numbers, got string at column 1" }],
    ["clamp(7, 0, 5)", 5n],
    ["clamp(-0.5, 0.0, 1.0)", 0],
    ["clamp(0.5, 0.0, 1.0)", 0.5],
    ["clamp(1, 5, 0)", { failure: "clamp() needs a lower limit that is not above the upper one at column 1" }],
    ["floor(2.7)", 2],
    ["ceil(2.1)", 3],
    ["round(2.5)", 3],
    ["round(-2.5)", -3],
    ["round(7)", 7n],
    ["sqrt(2.25)", 1.5],
    ["sqrt(9)", 3],
    ["pow(2, 10)", 1024],
    ["pow(2.0, -1)", 0.5],
    ["log(exp(1.0))", 1],
    ["int(3.99)", 3n],
    ["int('12')", 12n],
    ["int('12.5')", { failure: '"12.5" is no int at column 1' }],
    ["uint(3)", 3n],
    ["18446744073709551615u", { failure: "18446744073709551615 does not fit a signed 64-bit integer" }],
  ])("%s", (source, wanted) => {
    expect(resultOf(source)).toEqual(wanted);
  });
});

describe("text", () => {
  test.each([
    ["'naïve'.size()", 5n],
    ["size('😀')", 1n],
    ["'a,b,c'.split(',')", ["a", "b", "c"]],
    ["'a,b,c'.split(',', 2)", ["a", "b,c"]],
    ["['a', 'b'].join('-')", "a-b"],
    ["[1].join('-')", { failure: "join() takes a list of strings, item 0 is int at column 5" }],
    ["'banana'.replace('a', 'o')", "bonono"],
    ["'banana'.replace('a', 'o', 2)", "bonona"],
    ["' x\\t'.trim()", "x"],
    ["'ÀbC'.lowerAscii()", "Àbc"],
    ["'ÀbC'.upperAscii()", "ÀBC"],
    ["'gpt-4-turbo'.startsWith('gpt')", true],
    ["'gpt-4-turbo'.endsWith('turbo')", true],
    ["'gpt-4-turbo'.contains('-4-')", true],
    ["'gpt-4-turbo'.matches('^gpt-[0-9]+')", true],
    ["'hello'.matches(p)", false],
    ["'hello'.substring(1, 3)", "el"],
    ["'hello'.substring(3, 1)", { failure: "the range from 3 to 1 is backwards at column 9" }],
    ["'😀b'.charAt(1)", "b"],
    ["'hello'.indexOf('l')", 2n],
    ["'hello'.lastIndexOf('l')", 3n],
    ["string(1.5) + string(2) + string(true)", "1.52true"],
  ])("%s", (source, wanted) => {
    expect(resultOf(source, { p: "^a" })).toEqual(wanted);
  });
});

describe("arrays", () => {
  const shape = [2, 2];
  const matrix: NdArray = { dtype: "f32", shape, data: new Uint8Array(new Float32Array([1, 2, 3, 4]).buffer) };
  const halves: NdArray = { dtype: "bf16", shape: [2], data: new Uint8Array(new Uint16Array([0x3f80, 0xc000]).buffer) };
  const values = { embedding: new Float64Array([0.6, 0.8]), matrix, halves, f16: new Float16Array([0.5, -2]) };
  test.each([
    ["size(embedding)", 2n],
    ["embedding[1]", 0.8],
    ["embedding[2]", { failure: "index 2 is out of range of a list of 2 at column 10" }],
    ["embedding.all(x, x > 0.0)", true],
    ["max(embedding)", 0.8],
    ["embedding.map(x, x * 10)", [6, 8]],
    ["matrix.shape", [2n, 2n]],
    ["matrix.dtype", "f32"],
    ["matrix[3]", 4],
    ["halves.map(x, x)", [1, -2]],
    ["f16.map(x, x)", [0.5, -2]],
    ["embedding == [0.6, 0.8]", true],
    ["matrix.rank", { failure: 'no such key: "rank" at column 8' }],
  ])("%s", (source, wanted) => {
    expect(resultOf(source, values)).toEqual(wanted);
  });

  test("one that is passed on stays what it was", () => {
    expect(resultOf("true ? matrix : halves", values)).toEqual(matrix);
  });
});

describe("results", () => {
  test.each([
    ["{'a': [1, 2.0], 'b': null}", { a: [1n, 2], b: null }],
    ["b'ab'", new Uint8Array([97, 98])],
    ["timestamp('2026-01-02T03:04:05.5Z')", "2026-01-02T03:04:05.5Z"],
    ["duration('90m')", "5400s"],
    ["{1: 2}", { failure: "a map with a int as a key is no plain data" }],
    ["{'__proto__': 2}", { failure: "a map with the reserved key __proto__ is no plain data" }],
    ["type(1)", { failure: "a type is no plain data" }],
    ["type(1) == int", true],
  ])("%s", (source, wanted) => {
    expect(resultOf(source)).toEqual(wanted);
  });

  test("nesting that no value may have is refused", () => {
    const source = `[${"[".repeat(40)}${"]".repeat(40)}]`;
    expect(resultOf(source)).toEqual({ failure: "the result is nested deeper than 32 levels" });
  });
});

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

describe("evaluation", () => {
  test("the references are what is read, in the order of their mention", () => {
    const { references } = compileExpression("b > 0 ? a : [1].map(c, c + b)[0]", { variables: ["a", "b", "c"] });
    expect(references).toEqual(["b", "a"]);
  });

  test("each variable is read at most once, and only where it is needed", () => {
    const read: string[] = [];
    const expression = compileExpression("a > 0.0 && a > 1.0 || b > 0.0", { variables: ["a", "b"] });
    const result = expression.evaluate((name) => {
      read.push(name);
      return { kind: "number", value: 2 };
    });
    expect(result).toMatchObject({ value: true });
    expect(read).toEqual(["a"]);
  });

  test("one operand may decide in spite of a failure of another", () => {
    expect(resultOf("1 / 0 > 0 || true")).toBe(true);
    expect(resultOf("1 / 0 > 0 && false")).toBe(false);
    expect(resultOf("1 / 0 > 0 || false")).toEqual({ failure: "division by zero at column 3" });
    expect(resultOf("[0, 1].exists(x, 1 / x == 1)")).toBe(true);
    expect(resultOf("[0, 1].exists_one(x, 1 / x == 1)")).toEqual({ failure: "division by zero at column 24" });
  });

  test("a variable without a value, and a scope that throws, are failures", () => {
    const expression = compileExpression("a + 1", { variables: ["a"] });
    expect(expression.evaluate(new Map())).toMatchObject({
      kind: "failure",
      message: "variable 'a' has no value at column 1",
    });
    const broken = expression.evaluate(() => {
      throw new Error("gone");
    });
    expect(broken).toMatchObject({ kind: "failure", message: "could not be evaluated: gone" });
  });

  test("plain data can be given", () => {
    const expression = compileExpression("a + size(list)", { variables: ["a", "list"] });
    expect(expression.evaluate(plainScope({ a: 1n, list: [1, 2] }))).toMatchObject({ value: 3n });
    expect(expression.evaluate(plainScope({ a: 1n, list: () => 1 }))).toMatchObject({ kind: "failure" });
    expect(expression.evaluate(plainScope({ a: 1n }))).toMatchObject({
      message: "variable 'list' has no value at column 10",
    });
  });

  test("one evaluation leaves nothing to the next, nor to one within it", () => {
    const inner = compileExpression("a + b", { variables: ["a", "b"] });
    const outer = compileExpression("a * 10.0 + b", { variables: ["a", "b"] });
    const nested = (name: string) => {
      const result = inner.evaluate(plainScope({ a: 1, b: 2 }));
      return { kind: "number", value: name === "a" ? 4 : Number(result.kind === "value" && result.value) } as const;
    };
    expect(outer.evaluate(nested)).toMatchObject({ kind: "value", value: 43 });
    expect(inner.evaluate(plainScope({ a: 5 }))).toMatchObject({ kind: "failure" });
    expect(inner.evaluate(plainScope({ b: 6 }))).toMatchObject({ kind: "failure" });
    const names = Array.from({ length: 20 }, (_, i) => `v${i}`);
    const wide = compileExpression(names.join(" + "), { variables: names });
    const values = Object.fromEntries(names.map((name, i) => [name, i]));
    expect(wide.evaluate(plainScope(values))).toMatchObject({ value: 190 });
    expect(wide.evaluate(plainScope({ ...values, v19: undefined }))).toMatchObject({ kind: "failure" });
    expect(outer.evaluate(plainScope({ a: 1, b: 1 }))).toMatchObject({ value: 11 });
  });

  test("the cost does not depend on what was evaluated or compiled before", () => {
    const values = { s: "aaab", p: "a+b" };
    const first = evaluate("s.matches(p) && s.matches('b$')", values);
    expect(evaluate("s.matches(p) && s.matches('b$')", values)).toEqual(first);
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
