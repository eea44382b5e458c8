import type { NdArray } from "@trimtab/core";
import { describe, expect, test } from "vitest";
import { compileExpression, plainScope } from "./compile-expression.ts";
import { evaluate, resultOf } from "./test-parts/evaluate.ts";

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
