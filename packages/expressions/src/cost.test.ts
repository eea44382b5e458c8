import { expect, test } from "vitest";
import { compileExpression, defaultMaxCost } from "./compile-expression.ts";
import { evaluate } from "./test-parts/evaluate.ts";

const items = Array.from({ length: 300 }, (_, i) => i / 7);
const many = Array.from({ length: 20_000 }, () => 1);
const long = "a".repeat(100_000);

/** Doubles or multiplies what a list holds, over and over. */
const repeated = (first: string, step: string, times: number): string =>
  `[${first}]${`.map(v, ${step})`.repeat(times)}`;

// Each of these would run for seconds to years, or fill the memory, if it were let to run.
test.each<[what: string, source: string, values?: Record<string, unknown>]>([
  ["nested all", "l.all(a, l.all(b, l.all(c, l.all(d, true))))"],
  ["nested exists that fails throughout", "l.exists(a, l.exists(b, l.exists(c, l[1000] > 0.0)))"],
  ["nested map", "l.map(a, l.map(b, l.map(c, a)))"],
  ["nested filter", "l.filter(a, l.filter(b, l.filter(c, true) == []) == [])"],
  ["exists_one in exists_one", "l.exists_one(a, l.exists_one(b, l.exists_one(c, false)))"],
  ["a text that doubles", repeated("'aaaaaaaa'", "v + v", 40)],
  ["bytes that double", repeated("b'aaaaaaaa'", "v + v", 40)],
  ["a list that doubles", repeated("[1]", "v + v", 40)],
  ["a list within itself, twice at each level", repeated("[1]", "[v, v, v, v]", 20)],
  ["the same, compared", `${repeated("[1]", "[v, v, v, v]", 12)} == ${repeated("[1]", "[v, v, v, v]", 12)}`],
  ["the same as a map", repeated("{}", "{'a': v, 'b': v, 'c': v}", 20)],
  ["one long text in many places of the result", "l.map(a, l.map(b, s))", { s: long }],
  ["one array in many places of the result", "l.map(a, l.map(b, e))", { e: new Float64Array(1000) }],
  ["a text joined with itself", "l.map(a, l.map(b, s)).map(c, c.join(s)).join(s)", { s: long }],
  ["replacement that grows", "s.replace('a', s)", { s: long }],
  ["replacement of nothing that grows", "s.replace('', s)", { s: long }],
  ["split into characters", "l.map(a, s.split(''))", { s: long }],
  ["a search that nearly matches everywhere", "s.contains(t)", { s: long, t: `${"a".repeat(50_000)}b` }],
  ["a search from the end", "s.lastIndexOf(t) > 0", { s: long, t: `b${"a".repeat(50_000)}` }],
  ["comparison of long texts", "l.all(a, l.all(b, s <= t))", { s: long, t: `${long}b` }],
  ["equality of long texts", "l.all(a, l.all(b, s == s + ''))", { s: long }],
  ["length of a long text", "l.all(a, l.all(b, size(s) > 0))", { s: long }],
  ["a character far in", "l.all(a, l.all(b, s.charAt(99999) == 'a'))", { s: long }],
  ["a pattern with nested repetition", "l.all(a, !s.matches('(a+)+$'))", { s: `${long}b` }],
  ["a pattern with many alternatives", "s.matches('(a|aa|aaa){90}$')", { s: `${long}b` }],
  ["a pattern that compiles to much", "l.all(a, 'x'.matches(p) || true)", { p: "(x{30}){30}" }],
  ["patterns that differ each time", "l.all(a, 'x'.matches(string(a) + 'x{900}') || true)"],
  ["membership in a long list", "l.all(a, !(2 in many))", { many }],
  ["the least of a long list", "l.all(a, min(many) == 1)", { many }],
  ["equality of long lists", "l.all(a, many == many)", { many }],
  ["elements of a large array", "e.all(x, x == 0.0)", { e: new Float64Array(200_000) }],
  ["time in a zone", "l.all(a, timestamp(1700000000).getHours('Europe/Berlin') >= 0)"],
  ["reading numbers", "l.all(a, l.all(b, double('1234567890') > 0.0))"],
  ["reading times", "l.all(a, l.all(b, timestamp('2024-01-01T00:00:00Z').getDayOfYear() == 0))"],
  ["case of a long text", "l.all(a, s.upperAscii() != s)", { s: long }],
  ["trimming blanks", "l.all(a, s.trim() == 'x')", { s: `${" ".repeat(100_000)}x` }],
  ["reversal", "l.all(a, s.reverse() == s)", { s: long }],
  ["encoding", "l.all(a, string(bytes(s)) == s)", { s: long }],
])("%s passes the cost limit", (_, source, values = {}) => {
  const result = evaluate(source, { l: items, ...values });
  const message = `cost limit exceeded: more than ${defaultMaxCost} units`;
  expect(result).toEqual({ kind: "failure", message, cost: defaultMaxCost });
});

test("nothing absorbs the cost limit", () => {
  expect(evaluate("l.all(a, l.all(b, l.all(c, true))) || true", { l: items })).toMatchObject({ kind: "failure" });
  expect(evaluate("[1].exists(x, l.all(a, l.all(b, l.all(c, true))))", { l: items })).toMatchObject({
    kind: "failure",
  });
});

test("the limit is the caller's", () => {
  const source = "[1, 2, 3].all(x, x > 0)";
  const { cost } = evaluate(source);
  expect(evaluate(source, {}, { maxCost: cost })).toEqual({ kind: "value", value: true, cost });
  expect(evaluate(source, {}, { maxCost: cost - 1 })).toMatchObject({ kind: "failure" });
});

test("what is small costs little", () => {
  expect(evaluate("temperature * 2.0", { temperature: 0.5 }).cost).toBeLessThan(5);
  expect(evaluate("model.matches('^gpt-[0-9]+$')", { model: "gpt-4" }).cost).toBeLessThan(20);
  expect(evaluate("e.all(x, x >= -1.0)", { e: new Float64Array(1536) }).cost).toBeLessThan(10_000);
  expect(evaluate("flag ? e : e", { e: new Float64Array(1536), flag: true }).cost).toBeLessThan(1000);
});

const nested = (open: string, inner: string, close: string, times: number): string =>
  open.repeat(times) + inner + close.repeat(times);

test.each<[what: string, source: string, problem: RegExp]>([
  ["brackets", nested("(", "1", ")", 5000), /nested deeper than 250 levels/],
  ["open brackets", "(".repeat(16_000), /nested deeper than 250 levels/],
  ["lists", nested("[", "1", "]", 5000), /nested deeper than 250 levels/],
  ["maps", "{1:".repeat(5000), /nested deeper than 250 levels/],
  ["negations", `${"!".repeat(16_000)}true`, /nested deeper than 250 levels/],
  ["minus signs", `${"-".repeat(16_000)}a`, /nested deeper than 250 levels/],
  ["conditionals", `${"a ? 1 : ".repeat(2000)}1`, /nested deeper than 250 levels/],
  ["a chain of sums", `${"1 + ".repeat(4000)}1`, /nested deeper than 250 levels/],
  ["a chain of fields", `a${".b".repeat(8000)}`, /nested deeper than 250 levels/],
  ["a chain of methods", `a${".trim()".repeat(2000)}`, /nested deeper than 250 levels/],
  ["macros within macros", nested("a.all(x, ", "true", ")", 1000), /nested deeper than 250 levels/],
  ["a long list", `[${"1,".repeat(8000)}1]`, /more than 5000 parts/],
  ["a long map", `{${"1:1,".repeat(3000)}1:1}`, /more than 5000 parts/],
  ["a long condition", `${"a||".repeat(5400)}a`, /more than 5000 parts/],
  ["a long source", " ".repeat(20_000), /longer than 16384 characters/],
  ["a pattern of a few characters that compiles to much", "'a'.matches('(x{1000}y{1000}){1}')", /too complex/],
  ["a long pattern that compiles to much", `'a'.matches('${"x{1000}".repeat(140)}')`, /too complex/],
  ["many patterns", Array.from({ length: 40 }, (_, i) => `a.matches('${i}x{90}')`).join("||"), /all patterns together/],
  ["a whole number of many digits", "9".repeat(16_000), /beyond 64 bits/],
])("%s does not compile", (_, source, problem) => {
  expect(() => compileExpression(source, { variables: ["a"] })).toThrow(problem);
});

test("long conditions are not deep ones", () => {
  const source = Array.from({ length: 1000 }, (_, i) => `a != ${i}`).join(" && ");
  expect(evaluate(source, { a: -1n })).toMatchObject({ kind: "value", value: true });
});

test("comments may take lines of their own", () => {
  expect(evaluate("// one\n// two\n1 + // three\n2 // four")).toMatchObject({ value: 3n });
});
