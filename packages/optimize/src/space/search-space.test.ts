import { parseValue, type Space, type ValueRecord, type VariableDeclaration } from "@trimtab/core";
import { boolean, choice, embedding, float, integer, module, string } from "@trimtab/types";
import { describe, expect, test } from "vitest";
import { createRandom } from "../random.ts";
import { decodePoint, encodePoint, fromValues, toValues } from "./point.ts";
import { toSearchSpace } from "./search-space.ts";
import { createSpaceLayout } from "./space-layout.ts";

const variables: Readonly<Record<string, VariableDeclaration>> = {
  temperature: float({ min: 0, max: 2 }) as VariableDeclaration,
  rate: float({ min: 1e-5, max: 1e-1, log: true }) as VariableDeclaration,
  share: float({ min: 0, max: 1, step: 0.1 }) as VariableDeclaration,
  tokens: integer({ min: 16, max: 4096, log: true }) as VariableDeclaration,
  layers: integer({ min: 1, max: 9, step: 2 }) as VariableDeclaration,
  model: choice(["small", "large"]) as VariableDeclaration,
  tone: string({ enum: ["dry", "warm"] }) as VariableDeclaration,
  stream: boolean() as VariableDeclaration,
  direction: embedding({ dimensions: 5, normalize: true }) as VariableDeclaration,
  solver: module({
    adam: { rate: float({ min: 1e-4, max: 1, log: true }), momentum: float({ min: 0, max: 1 }) },
    newton: {},
  }) as VariableDeclaration,
};
const layout = createSpaceLayout(toSearchSpace(variables));

const drawn = (seed: number) => {
  const random = createRandom(seed);
  return decodePoint(
    layout,
    Float64Array.from(layout.axes, () => random.next()),
  );
};

test("whatever is drawn, the variables' own types accept it", () => {
  for (let seed = 0; seed < 300; seed++) {
    for (const [name, value] of Object.entries(toValues(layout, drawn(seed)))) {
      const { type, constraints } = variables[name] as VariableDeclaration;
      expect(parseValue(type, constraints, value, name)).toMatchObject({ kind: "parsed" });
    }
  }
});

test("parameters of a branch are there where it is taken, under paths of their own", () => {
  const points = Array.from({ length: 50 }, (_, seed) => drawn(seed));
  for (const point of points) {
    expect("solver/adam/rate" in point).toBe(point["solver"] === "adam");
  }
  expect(new Set(points.map((point) => point["solver"]))).toEqual(new Set(["adam", "newton"]));
});

test("values read back into the point they came from, in the module's own form and the generic one", () => {
  const point = { solver: "adam", "solver/adam/rate": 0.01 };
  expect(fromValues(layout, { solver: { module: "adam", parameters: { rate: 0.01 } } })).toEqual(point);
  expect(fromValues(layout, { solver: { branch: "adam", parameters: { rate: 0.01 } } })).toEqual(point);
  expect(fromValues(layout, { solver: "newton" })).toEqual({ solver: "newton" });
  expect(fromValues(layout, { direction: new Float32Array([1, 0, 0, 0, 0]) as unknown as ValueRecord })).toHaveProperty(
    "direction",
  );
});

test("what does not lie within is refused by name", () => {
  const read = (values: ValueRecord) => () => fromValues(layout, values);
  expect(read({ temperature: 3 })).toThrow("temperature is not within its range, 0 to 2; got 3");
  expect(read({ heat: 1 })).toThrow("heat is no parameter of the search space");
  expect(read({ solver: { module: "newton", parameters: { rate: 1 } } })).toThrow("rate is no parameter");
  expect(read({ direction: [1, 1, 0, 0, 0] })).toThrow("direction is not within its range, 5 numbers of norm 1");
  expect(read({ share: 0.25 })).toThrow("share is not within its range, 0 to 1 in steps of 0.1; got 0.25");
  expect(read({ model: "medium" })).toThrow('model is not within its range, small, large; got "medium"');
  expect(read({ solver: "bfgs" })).toThrow('solver is not within its range, adam, newton; got "bfgs"');
  expect(encodePoint(layout, { temperature: 1 })).toBeUndefined();
});

test("a variable without a finite region is refused by name", () => {
  const open = { bias: float() as VariableDeclaration };
  expect(() => toSearchSpace(open)).toThrow(
    expect.objectContaining({ reason: "unbounded_space", details: { variable: "bias" } }),
  );
});

describe("a space that cannot be searched is refused", () => {
  test.each<[string, Record<string, Space>]>([
    ["space has no parameters", {}],
    ["x has its min 2 above its max 1", { x: { kind: "real", min: 2, max: 1 } }],
    ["x needs a finite max", { x: { kind: "real", min: 2, max: Infinity } }],
    ["x is logarithmic", { x: { kind: "integer", min: 0n, max: 5n, log: true } }],
    ["x needs a step above 0", { x: { kind: "real", min: 0, max: 5, step: 0 } }],
    ["x has no choices", { x: { kind: "categorical", choices: [] } }],
    ["x has no branches", { x: { kind: "conditional", branches: {}, toValue: (branch) => branch } }],
    ["x needs at least 1 dimension", { x: { kind: "vector", dimensions: 0, sphere: true, min: -1, max: 1 } }],
    [
      "at most 1000 are allowed",
      Object.fromEntries(Array.from({ length: 1001 }, (_, i) => [`x${i}`, { kind: "real", min: 0, max: 1 }])),
    ],
  ])("%s", (message, space) => expect(() => createSpaceLayout(space)).toThrow(message));

  test("says how many parameters there may be", () => {
    const many = Object.fromEntries(
      Array.from({ length: 1001 }, (_, i) => [`x${i}`, { kind: "real", min: 0, max: 1 }] as const),
    );
    const details = { field: "space", limit: 1000, value: 1001 };
    expect(() => createSpaceLayout(many)).toThrow(expect.objectContaining({ details }));
  });
});

test("uniform places are uniform by magnitude, and by direction on the sphere", () => {
  const count = 4000;
  const points = Array.from({ length: count }, (_, seed) => drawn(seed));
  const below = points.filter((point) => (point["rate"] as number) < 1e-3).length;
  expect(Math.abs(below - count / 2)).toBeLessThan(5 * Math.sqrt(count / 4));
  const mean = points.reduce((sum, point) => sum + ((point["direction"] as readonly number[])[0] ?? 0) ** 2, 0) / count;
  expect(mean).toBeCloseTo(1 / 5, 1);
});
