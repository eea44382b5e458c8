import { isInt64, isStoreError, type Value } from "@trimtab/core";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { compileExpression } from "./compile-expression.ts";
import { evaluate, stored } from "./test-parts/evaluate.ts";

/** A source beside what JavaScript makes of the same; `undefined` where a whole number leaves 64 bits or a divisor is 0. */
interface Reference<T> {
  readonly source: string;
  readonly value: T | undefined;
}

const doubleOperators: Readonly<Record<string, (a: number, b: number) => number>> = {
  "+": (a, b) => a + b,
  "-": (a, b) => a - b,
  "*": (a, b) => a * b,
  "/": (a, b) => a / b,
};

const intOperators: Readonly<Record<string, (a: bigint, b: bigint) => bigint | undefined>> = {
  "+": (a, b) => a + b,
  "-": (a, b) => a - b,
  "*": (a, b) => a * b,
  "/": (a, b) => (b === 0n ? undefined : a / b),
  "%": (a, b) => (b === 0n ? undefined : a % b),
};

/** Arithmetic over one type of leaf, to a depth that recursion makes random. */
function arithmetic<T>(
  leaf: fc.Arbitrary<Reference<T>>,
  operators: Readonly<Record<string, (a: T, b: T) => T | undefined>>,
): fc.Arbitrary<Reference<T>> {
  return fc.letrec<{ node: Reference<T> }>((tie) => ({
    node: fc.oneof(
      { depthSize: "medium", withCrossShrink: true },
      leaf,
      fc.tuple(tie("node"), fc.constantFrom(...Object.keys(operators)), tie("node")).map(([left, operator, right]) => ({
        source: `(${left.source} ${operator} ${right.source})`,
        value:
          left.value === undefined || right.value === undefined
            ? undefined
            : operators[operator]?.(left.value, right.value),
      })),
    ),
  })).node;
}

const inInt64 = (value: bigint | undefined) => (value !== undefined && isInt64(value) ? value : undefined);

const int = fc.oneof(fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n }), fc.bigInt({ min: -20n, max: 20n }));

describe("arithmetic is that of the machine", () => {
  test("on doubles", () => {
    const literal = fc.double({ noNaN: true, noDefaultInfinity: true }).map((value) => ({
      source:
        Number.isInteger(value) && Math.abs(value) < 1e21 ? `${Object.is(value, -0) ? "-0" : value}.0` : `${value}`,
      value,
    }));
    const variable = fc.constantFrom({ source: "x", value: 0.1 }, { source: "y", value: -3e10 });
    fc.assert(
      fc.property(arithmetic(fc.oneof(literal, variable), doubleOperators), ({ source, value }) => {
        expect(evaluate(source, { x: 0.1, y: -3e10 })).toMatchObject({ kind: "value", value });
      }),
      { numRuns: 500 },
    );
  });

  test("on whole numbers of 64 bits, and beyond them it fails", () => {
    const checked = Object.fromEntries(
      Object.entries(intOperators).map(([name, operate]) => [name, (a: bigint, b: bigint) => inInt64(operate(a, b))]),
    );
    const leaf = int.map((value) => ({ source: `${value}`, value }));
    fc.assert(
      fc.property(arithmetic(leaf, checked), ({ source, value }) => {
        const result = evaluate(source);
        if (value === undefined) expect(result.kind).toBe("failure");
        else expect(result).toMatchObject({ kind: "value", value });
      }),
      { numRuns: 500 },
    );
  });

  test("on a whole number with a double, which is that of doubles", () => {
    fc.assert(
      fc.property(int, fc.double(), fc.constantFrom(...Object.keys(doubleOperators)), (a, b, operator) => {
        const operate = doubleOperators[operator] as (a: number, b: number) => number;
        expect(evaluate(`a ${operator} b`, { a, b })).toMatchObject({ value: operate(Number(a), b) });
        expect(evaluate(`b ${operator} a`, { a, b })).toMatchObject({ value: operate(b, Number(a)) });
      }),
    );
  });

  test("a declaration changes no result", () => {
    fc.assert(
      fc.property(int, int, fc.constantFrom(...Object.keys(intOperators), "==", "<", ">="), (a, b, operator) => {
        const source = `a ${operator} b`;
        const variables = { a: "integer", b: "integer" } as const;
        expect(evaluate(source, { a, b }, { variables })).toEqual(evaluate(source, { a, b }));
      }),
    );
  });
});

/** Plain data as an expression gives it back: whole numbers as bigint. */
const plain: fc.Arbitrary<Value> = fc.letrec<{ value: Value }>((tie) => ({
  value: fc.oneof(
    { maxDepth: 3 },
    fc.constantFrom(null, true, false),
    int,
    fc.double({ noNaN: true }),
    fc.string({ unit: "binary" }),
    fc.uint8Array({ maxLength: 8 }),
    fc.array(tie("value"), { maxLength: 4 }),
    fc.dictionary(
      fc.string().filter((key) => key !== "__proto__"),
      tie("value"),
      { maxKeys: 4 },
    ),
  ),
})).value;

test("a stored value comes back as it was", () => {
  fc.assert(
    fc.property(plain, (value) => {
      const result = evaluate("x", { x: value });
      expect(result.kind === "value" && stored({ x: result.value })).toEqual(stored({ x: value }));
    }),
  );
});

test("equality is reflexive, and membership is equality", () => {
  fc.assert(
    fc.property(plain, plain, (x, y) => {
      expect(evaluate("x == x && x in [y, x]", { x, y })).toMatchObject({ value: true });
      expect(
        evaluate("(x == y) == (x in [y]) && (x == y) == (y == x) && (x != y) == !(x == y)", { x, y }),
      ).toMatchObject({
        value: true,
      });
    }),
  );
});

test("texts are ordered by code points", () => {
  const text = fc.string({ unit: "binary", maxLength: 4 });
  const points = (value: string) =>
    Array.from(value, (point) => (point.codePointAt(0) ?? 0).toString(16).padStart(6, "0")).join();
  fc.assert(
    fc.property(text, text, (a, b) => {
      expect(evaluate("a < b", { a, b })).toMatchObject({ value: points(a) < points(b) });
    }),
  );
});

test("functions on text do what JavaScript's do", () => {
  const text = fc.string({ unit: fc.constantFrom("a", "b", ",", "é", "😀", " "), maxLength: 20 });
  fc.assert(
    fc.property(
      text,
      text.filter((part) => part !== ""),
      text,
      (s, part, to) => {
        const wanted = {
          split: s.split(part),
          replace: s.replaceAll(part, to),
          again: s,
          size: BigInt(Array.from(s).length),
          found: [s.includes(part), s.startsWith(part), s.endsWith(part)],
          reversed: Array.from(s).reverse().join(""),
        };
        const source = `{"split": s.split(part), "replace": s.replace(part, to), "again": s.split(part).join(part), "size": size(s),
        "found": [s.contains(part), s.startsWith(part), s.endsWith(part)], "reversed": s.reverse()}`;
        expect(evaluate(source, { s, part, to })).toMatchObject({ value: wanted });
      },
    ),
  );
});

test("times and durations are read as they are written", () => {
  const seconds = fc.bigInt({ min: -62_135_596_800n, max: 253_402_300_799n });
  fc.assert(
    fc.property(seconds, fc.nat(999_999_999), (at, nanos) => {
      const text = `timestamp(at) + duration("${nanos}ns")`;
      expect(evaluate(`timestamp(string(${text})) == ${text} && int(timestamp(at)) == at`, { at })).toMatchObject({
        value: true,
      });
      expect(evaluate(`duration(string(duration(d))) == duration(d)`, { d: `-${nanos}us` })).toMatchObject({
        value: true,
      });
    }),
  );
});

const tokens =
  "a b l m s 1 2.5 0 -1 'x' b'y' true null 3u ( ) [ ] { } , . : ? + - * / % ! && || == != < <= > >= in ' \" \\ ` //".split(
    " ",
  );

/** Sources that compile, with a few changes, so that many still do. */
const sourceLike = fc
  .tuple(
    fc.constantFrom(
      "l.all(v, v > a) || m.b == null && has(m.l)",
      "a > 0 ? s + 'x' : string(b * 2)",
      "{'a': l.map(v, [v, v]), \"b\": l.filter(v, v == 2)[0]}",
      "s.replace('x', s).split('').join('-').matches('x+') // done",
      "timestamp(0) + duration('1s') < timestamp('2026-01-01T00:00:00Z')",
      "max(l[1], min(a, 0x1F)) % 3 - -a / 2 >= 1e3",
      "l.exists_one(v, type(v) == string) == !(b'\\x41' == bytes('A'))",
    ),
    fc.array(
      fc.record({
        at: fc.double({ min: 0, max: 1, noNaN: true }),
        removed: fc.nat(3),
        added: fc.constantFrom("", ...tokens),
      }),
      {
        maxLength: 3,
      },
    ),
  )
  .map(([source, changes]) =>
    changes.reduce<string>((text, { at, removed, added }) => {
      const offset = Math.floor(at * text.length);
      return text.slice(0, offset) + added + text.slice(offset + removed);
    }, source),
  );

test("any text compiles or is refused with a place, and what compiles never throws and keeps to its limit", () => {
  const values = { a: 7n, b: 0.5, l: [1, 2n, "x"], m: { b: null, l: [true] }, s: "x😀" };
  let compiled = 0;
  fc.assert(
    fc.property(
      fc.oneof(sourceLike, fc.string({ unit: "binary" })),
      fc.integer({ min: 0, max: 300 }),
      (source, maxCost) => {
        try {
          const result = evaluate(source, values, { maxCost });
          compiled++;
          expect(result.cost).toBeLessThanOrEqual(maxCost);
          expect(evaluate(source, values, { maxCost })).toEqual(result);
        } catch (error) {
          if (!isStoreError(error, "invalid_expression")) throw error;
          expect(error.details.line).toBeGreaterThan(0);
          expect(error.details.column).toBeGreaterThan(0);
        }
      },
    ),
    { numRuns: 3000 },
  );
  expect(compiled).toBeGreaterThan(200);
});

/** Arithmetic, macros and functions that always compile. */
const anySource = fc.letrec<{ node: string }>((tie) => {
  const node = tie("node");
  return {
    node: fc.oneof(
      { depthSize: "small", withCrossShrink: true },
      fc.constantFrom("a", "b", "l", "m", "s", "m.b", "m.x", "1", "2.5", "'x'", "null", "true", "[]", "{}", "l[0]"),
      fc
        .tuple(node, fc.constantFrom("+", "-", "*", "/", "%", "==", "!=", "<", ">=", "in"), node)
        .map(([x, f, y]) => `dyn(dyn(${x}) ${f} dyn(${y}))`),
      fc
        .tuple(
          fc.constantFrom("dyn", "size", "abs", "min", "max", "int", "string", "double", "type", "timestamp"),
          node,
        )
        .map(([f, x]) => `dyn(${f}(dyn(${x})))`),
      fc
        .tuple(node, fc.constantFrom("all", "exists", "exists_one", "map", "filter"), node)
        .map(([x, f, y]) => `dyn(${x}).${f}(v, dyn(${y}))`),
      fc.tuple(node, node, node).map(([x, y, z]) => `(dyn(${x}) ? dyn(${y}) : dyn(${z}))`),
      fc.tuple(node, fc.constantFrom("&&", "||"), node).map(([x, f, y]) => `(dyn(${x}) ${f} dyn(${y}))`),
      fc.tuple(node, node).map(([x, y]) => `dyn(${x}).split(dyn(${y}))`),
      fc.tuple(node, node).map(([x, y]) => `dyn(${x}).matches(dyn(${y}))`),
      fc.tuple(node, node).map(([x, y]) => `[${x}, ${y}]`),
      fc.tuple(node, node).map(([x, y]) => `{'b': ${x}, 'x': ${y}}`),
    ),
  };
}).node;

test("what always compiles gives a value or a failure, the same each time, within its limit", () => {
  const values = { a: 7n, b: 0.5, l: [1, 2n, "x"], m: { b: null, l: [true] }, s: "x😀" };
  const outcomes = new Set<string>();
  fc.assert(
    fc.property(anySource, (source) => {
      const expression = compileExpression(source, { variables: Object.keys(values), maxCost: 2000 });
      const result = expression.evaluate(stored(values));
      outcomes.add(result.kind);
      expect(result.cost).toBeLessThanOrEqual(2000);
      expect(expression.evaluate(stored(values))).toEqual(result);
      if (result.kind === "failure") expect(result.message).not.toMatch(/could not be evaluated/);
    }),
    { numRuns: 2000 },
  );
  expect(Array.from(outcomes).sort()).toEqual(["failure", "value"]);
});
