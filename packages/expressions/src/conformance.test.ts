import { isStoreError } from "@trimtab/core";
import { expect, test } from "vitest";
import { Failure } from "./cel-value.ts";
import type { Frame } from "./frame.ts";
import { parseExpression } from "./parse-expression.ts";
import { problemsOf } from "./problem.ts";
import { compileProgram, syntaxLimits } from "./program.ts";
import { type CelCase, celCases, type Shape, shapeOf } from "./test-parts/cel-suite.ts";

/** Extensions that are not offered: what they do is done by code around an expression. */
const isLeftOut = ({ name }: CelCase): boolean => /^string_ext\/(format|quote)/.test(name);

function run({ source, values, isChecked }: CelCase): Shape {
  const problem = problemsOf(source, "expression");
  try {
    const tree = parseExpression(source, syntaxLimits, problem);
    const kindOf = (name: string) => (values.has(name) ? "any" : undefined);
    const program = compileProgram(tree, { kindOf, problem, isChecked });
    const frame: Frame = { scope: (name) => values.get(name), slots: [], locals: [], cost: 0, maxCost: 1e6 };
    const result = program.run(frame);
    return result instanceof Failure ? ["error"] : shapeOf(result);
  } catch (error) {
    if (isStoreError(error, "invalid_expression")) return ["error"];
    throw error;
  }
}

const bySection = Map.groupBy(
  celCases().filter((each) => !isLeftOut(each)),
  ({ section }) => section,
);

test("the suite of CEL's authors is there", () => {
  const count = Array.from(bySection.values()).reduce((sum, cases) => sum + cases.length, 0);
  expect(count).toBeGreaterThan(1150);
});

test.each(Array.from(bySection))("CEL's own suite, %s", (_, cases) => {
  const wanted = cases.map(({ name, source, wanted: shape }) => ({ name, source, shape }));
  const got = cases.map((each) => ({ name: each.name, source: each.source, shape: run(each) }));
  expect(got).toEqual(wanted);
});
