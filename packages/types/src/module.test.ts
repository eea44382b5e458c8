import { createTypeRegistry, StoreError, type VariableType } from "@trimtab/core";
import { describe, expect, it } from "vitest";
import { boolean } from "./boolean.ts";
import { embedding } from "./embedding.ts";
import { float, floatType } from "./float.ts";
import { bigInteger, integer } from "./integer.ts";
import { createModuleType, module, moduleType } from "./module.ts";
import { tensor } from "./tensor.ts";

const parse = (constraints: object, input: unknown) =>
  moduleType.values(moduleType.constraints.parse(constraints)).parse(input);
const reference = (module_name: string) => ({ __dspex_type__: "module_reference", module_name });

const pipeline = module(
  {
    Predict: { temperature: float({ min: 0, max: 2, default: 0.7 }) },
    ReAct: { steps: integer({ min: 1, max: 8 }), parallel: boolean({ default: false }) },
    Echo: {},
  },
  { default: { module: "ReAct", parameters: { steps: 3 } } },
);

describe("moduleType", () => {
  it("takes a name and a reference to a module for the same value", () => {
    expect(parse({}, "Predict")).toBe("Predict");
    expect(parse({ choices: ["Predict"] }, reference("Predict"))).toBe("Predict");
    expect(moduleType.encode("Predict")).toEqual({ kind: "string", value: "Predict" });
  });

  it("stores allowed_modules as the choices that they are", () => {
    expect(moduleType.constraints.parse({ allowed_modules: ["A", "B"] })).toEqual({ choices: ["A", "B"] });
    expect(moduleType.constraints.parse({ choices: ["A"], allowed_modules: ["A"] })).toEqual({ choices: ["A"] });
  });

  it("finds a namespace at its own name and below it, not beside it", () => {
    expect(parse({ namespace: "My.App" }, "My.App")).toBe("My.App");
    expect(parse({ namespace: "My.App" }, "My.App.Predict")).toBe("My.App.Predict");
    for (const name of ["My.Apple", "My", "Other.My.App"]) {
      expect(() => parse({ namespace: "My.App" }, name)).toThrow("must be in namespace: My.App");
    }
  });

  it("checks choices before the pattern, and the pattern before the namespace", () => {
    const limits = { choices: ["a.X", "b.x", "b.X"], pattern: "X$", namespace: "b" };
    expect(() => parse(limits, "c")).toThrow("must be one of the allowed modules: a.X, b.x");
    expect(() => parse(limits, "b.x")).toThrow("must match pattern: X$");
    expect(() => parse(limits, "a.X")).toThrow("must be in namespace: b");
  });

  it("takes the modules that have parameters for the choices where there are none", () => {
    expect(pipeline.constraints).toMatchObject({ choices: ["Predict", "ReAct", "Echo"] });
    const some = { choices: ["Predict", "Plain"], parameters: { Predict: { depth: { type: "integer" } } } };
    expect(parse(some, "Plain")).toEqual({ module: "Plain", parameters: {} });
    expect(parse(some, { module: "Predict", parameters: { depth: 2 } })).toEqual({
      module: "Predict",
      parameters: { depth: 2 },
    });
  });

  it("fills in defaults, orders parameters as declared and keeps their exact types", () => {
    const value = parse(pipeline.constraints, { module: "ReAct", parameters: { parallel: "true", steps: 2n } });
    expect(value).toEqual({ module: "ReAct", parameters: { steps: 2, parallel: true } });
    expect(moduleType.encode(value)).toEqual({
      kind: "map",
      value: new Map<string, unknown>([
        ["module", { kind: "string", value: "ReAct" }],
        [
          "parameters",
          {
            kind: "map",
            value: new Map<string, unknown>([
              ["steps", { kind: "integer", value: 2n }],
              ["parallel", { kind: "boolean", value: true }],
            ]),
          },
        ],
      ]),
    });
    expect(parse(pipeline.constraints, "Predict")).toEqual({ module: "Predict", parameters: { temperature: 0.7 } });
    expect(parse(pipeline.constraints, reference("Echo"))).toEqual({ module: "Echo", parameters: {} });
  });

  it("lets a value's own parameters override defaults, but not undefined ones", () => {
    const given = { module: "Predict", parameters: { temperature: undefined } };
    expect(parse(pipeline.constraints, given)).toMatchObject({ parameters: { temperature: 0.7 } });
    given.parameters.temperature = 1 as never;
    expect(parse(pipeline.constraints, given)).toMatchObject({ parameters: { temperature: 1 } });
  });

  it("gives no two values the same default array", () => {
    const { constraints } = module({ Retrieve: { query: embedding({ default: [1, 2] }) } });
    const schema = moduleType.values(constraints);
    const first = moduleType.encode(schema.parse("Retrieve"));
    const value = schema.parse("Retrieve");
    if (typeof value === "object") new Uint8Array(Object(value.parameters["query"]).data).fill(9);
    if (typeof value === "object") Object(value.parameters["query"]).data.fill(9);
    expect(moduleType.encode(schema.parse("Retrieve"))).toEqual(first);
  });

  it("cannot be changed by whoever holds its value", () => {
    const value = parse(pipeline.constraints, "Predict");
    expect(Object.isFrozen(value)).toBe(true);
    expect(typeof value === "object" && Object.isFrozen(value.parameters)).toBe(true);
  });

  it("is the same value whoever made it, and another one with other parameters", () => {
    const of = (temperature: number) => parse(pipeline.constraints, { module: "Predict", parameters: { temperature } });
    expect(moduleType.equals(of(1), of(1))).toBe(true);
    expect(moduleType.equals(of(1), of(2))).toBe(false);
    expect(moduleType.equals(of(1), "Predict")).toBe(false);
    expect(moduleType.equals(of(1), moduleType.decode(moduleType.encode(of(1))))).toBe(true);
  });
});

describe("the space of a module", () => {
  it("is its choices where there are no parameters, without those that other limits refuse", () => {
    expect(moduleType.space({ choices: ["A", "B"] })).toEqual({ kind: "categorical", choices: ["A", "B"] });
    expect(moduleType.space({ choices: ["A", "b"], pattern: "^[A-Z]" })).toEqual({
      kind: "categorical",
      choices: ["A"],
    });
    expect(moduleType.space({ choices: ["b"], pattern: "^[A-Z]" })).toBeUndefined();
    expect(moduleType.space({})).toBeUndefined();
  });

  it("has a branch for each module, of whose parameters those are searched that have a region", () => {
    const { constraints } = module({
      Predict: { temperature: float({ min: 0, max: 2, step: 0.5 }), name: float({ default: 1 }) },
      Echo: {},
    });
    const space = moduleType.space(constraints);
    expect(space).toMatchObject({
      kind: "conditional",
      branches: { Predict: { temperature: { kind: "real", min: 0, max: 2, step: 0.5 } }, Echo: {} },
    });
    if (space?.kind !== "conditional") throw new Error("is conditional");
    expect(Object.keys(space.branches["Predict"] ?? {})).toEqual(["temperature"]);
    const point = space.toValue("Predict", { temperature: 1.5 });
    expect(parse(constraints, point)).toEqual({ module: "Predict", parameters: { temperature: 1.5, name: 1 } });
    expect(space.fromValue?.(point)).toEqual({ branch: "Predict", parameters: { temperature: 1.5 } });
    expect(space.fromValue?.(5)).toBeUndefined();
  });

  it("is none where a module needs a parameter that has no finite region", () => {
    expect(moduleType.space(module({ A: { p: float({ min: 0 }) }, B: {} }).constraints)).toBeUndefined();
  });
});

describe("module", () => {
  it("declares names, and configurations with the defaults of their parameters", () => {
    expect(module(["A", "B"], { default: "A" })).toEqual({
      type: { ...moduleType, decode: expect.any(Function) },
      constraints: { choices: ["A", "B"] },
      default: "A",
    });
    expect(module(undefined, { namespace: "My", default: "My.Own" })).toMatchObject({
      constraints: { namespace: "My" },
    });
    expect(pipeline.default).toEqual({ module: "ReAct", parameters: { steps: 3, parallel: false } });
    expect(module({ Echo: {} }, { default: "Echo" }).default).toEqual({ module: "Echo", parameters: {} });
  });

  it("takes parameters of every other type, arrays in their stored form", () => {
    const all = module(
      {
        M: {
          seed: bigInteger({ default: 2n ** 60n }),
          mask: tensor({ dtype: "bool", default: { shape: [1], data: [true] } }),
        },
      },
      { default: "M" },
    );
    expect(all.default).toEqual({
      module: "M",
      parameters: { seed: 2n ** 60n, mask: { dtype: "bool", shape: [1], data: Uint8Array.of(1) } },
    });
  });

  it.each([
    ["no modules at all", () => module({}), "invalid_constraints"],
    ["no choices", () => module([]), "invalid_constraints"],
    ["a module as a parameter of a module", () => module({ A: { inner: module(["B"]) } }), "invalid_constraints"],
    ["choices of which a pattern allows none", () => module(["A"], { pattern: "^B" }), "invalid_constraints"],
    ["modules that are in another namespace", () => module({ A: {} }, { namespace: "B" }), "invalid_constraints"],
    ["a default that is no choice", () => module(["A"], { default: "B" as never }), "constraint_violation"],
    [
      "a default without a parameter that it needs",
      () => module({ A: { p: float() } }, { default: "A" }),
      "validation_failed",
    ],
  ])("refuses %s at once", (_, declare, reason) => {
    expect(declare).toThrow(StoreError);
    expect(declare).toThrow(expect.objectContaining({ reason }));
  });
});

describe("createModuleType", () => {
  it("lets parameters be of a type from outside", () => {
    const percent: VariableType<number, Record<never, never>> = {
      ...floatType,
      name: "percent",
      constraints: floatType.constraints.transform(() => ({})) as never,
    };
    const type = createModuleType([percent]);
    const constraints = type.constraints.parse({ parameters: { A: { share: { type: "percent" } } } });
    expect(type.values(constraints).parse({ module: "A", parameters: { share: 5 } })).toEqual({
      module: "A",
      parameters: { share: 5 },
    });
    expect(type.constraints.safeParse({ parameters: { A: { share: { type: "float" } } } }).success).toBe(false);
    expect(createTypeRegistry([type]).get("module")).toBe(type);
  });
});
