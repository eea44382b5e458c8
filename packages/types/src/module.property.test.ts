import type { ValueRecord } from "@trimtab/core";
import { describeType } from "@trimtab/core/conformance";
import fc from "fast-check";
import { type ModuleConstraints, type ModuleValue, moduleType } from "./module.ts";

const name = fc.string({ unit: "grapheme", minLength: 1, maxLength: 8 });
const names = fc.uniqueArray(name, { minLength: 1, maxLength: 4 });

/** Modules of which the first needs a parameter, the second has defaults only and the third has none. */
const tuned = {
  "chain.of.thought": {
    steps: { type: "integer", constraints: { min: 1, max: 9 } },
    temperature: { type: "float", constraints: { min: 0, max: 2, step: 0.1 }, default: 0.7 },
    seed: { type: "integer", default: 2n ** 60n },
    model: { type: "choice", constraints: { choices: ["small", "large"] }, default: "small" },
  },
  retrieve: {
    query: { type: "embedding", constraints: { dimensions: 2, normalize: true, dtype: "f16" }, default: [3, 4] },
    mask: {
      type: "tensor",
      constraints: { shape: [2, null], dtype: "bool" },
      default: { shape: [2, 1], data: [1, 0] },
    },
    strict: { type: "boolean", default: "true" },
    prefix: { type: "string", constraints: { max_length: 3 }, default: "" },
  },
  constructor: {},
} as unknown as ValueRecord;

const stepsOf = fc.integer({ min: 1, max: 9 });
const configurations = fc.oneof(
  fc.record({
    module: fc.constant("chain.of.thought"),
    parameters: fc.record(
      {
        steps: fc.oneof(stepsOf, stepsOf.map(BigInt)),
        temperature: fc.constantFrom(0, 0.3, 2),
        seed: fc.oneof(fc.integer(), fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n })),
        model: fc.constantFrom("small", "large"),
      },
      { requiredKeys: ["steps"] },
    ),
  }),
  fc.record(
    {
      module: fc.constant("retrieve"),
      parameters: fc.record(
        {
          query: fc.tuple(fc.float({ min: -9, max: 9, noNaN: true }), fc.constantFrom(1, 2)),
          mask: fc.constantFrom(
            {
              shape: [2, 2],
              data: [
                [true, false],
                [0, 1],
              ],
            },
            { shape: [2, 0], data: [] },
          ),
          strict: fc.constantFrom(false, 1, "false"),
          prefix: fc.constantFrom("a", "abc"),
        },
        { requiredKeys: [] },
      ),
    },
    { requiredKeys: ["module"] },
  ),
  fc.constantFrom("retrieve", "constructor", { module: "constructor", parameters: {} }),
  fc.constant({ __dspex_type__: "module_reference", module_name: "retrieve" }),
);

const named = ({ choices, namespace, pattern }: ModuleConstraints) => {
  const plain =
    choices !== undefined
      ? fc.constantFrom(...choices)
      : namespace !== undefined
        ? fc.oneof(
            fc.constant(namespace),
            name.map((rest) => `${namespace}.${rest}`),
          )
        : pattern !== undefined
          ? fc.constantFrom("Predict", "ChainOfThought")
          : name;
  return fc.oneof(
    plain,
    plain.map((module_name) => ({ __dspex_type__: "module_reference", module_name })),
  );
};

const nameOf = (value: ModuleValue) => (typeof value === "string" ? value : value.module);

describeType({
  type: moduleType,
  longestList: 2 ** 32 - 1,
  constraints: fc.oneof(
    fc.constant({}),
    names.map((choices) => ({ choices })),
    names.map((choices) => ({ allowed_modules: choices })),
    names.map((choices) => ({ choices, allowed_modules: choices })),
    name.map((namespace) => ({ namespace })),
    fc.constant({ pattern: "^[A-Z]" }),
    fc.constantFrom({ parameters: tuned }, { choices: Object.keys(tuned), parameters: tuned }),
  ),
  valid: (limits) => (limits.parameters === undefined ? named(limits) : configurations),
  satisfies: (value, { choices, namespace, pattern, parameters }) => {
    const module = nameOf(value);
    return (
      (choices?.includes(module) ?? true) &&
      (namespace === undefined || `${module}.`.startsWith(`${namespace}.`)) &&
      (pattern === undefined || /^[A-Z]/.test(module)) &&
      (parameters === undefined
        ? typeof value === "string"
        : typeof value === "object" &&
          Object.keys(value.parameters).join() === Object.keys(parameters[module] ?? {}).join())
    );
  },
  invalid: [
    { value: 5, reason: "validation_failed", message: "must be a module name" },
    { value: null, reason: "validation_failed", message: "must be a module name" },
    { value: "", reason: "validation_failed", message: "must be a module name" },
    { value: "\ud800", reason: "validation_failed", message: "must be a module name" },
    { value: {}, reason: "validation_failed", message: "must be a module name" },
    { value: { module: "a" }, reason: "validation_failed", message: "must be a module name" },
    {
      value: { __dspex_type__: "module_reference", module_name: 5 },
      reason: "validation_failed",
      message: "must be a module name",
    },
    {
      value: { __dspex_type__: "module_reference", module_name: "a", extra: 1 },
      reason: "validation_failed",
      message: "must be a module name",
    },
    {
      value: { __dspex_type__: "other", module_name: "a" },
      reason: "validation_failed",
      message: "must be a module name",
    },
    {
      constraints: { choices: ["Predict", "ReAct"] },
      value: "Refine",
      reason: "constraint_violation",
      constraint: "choices",
      limit: ["Predict", "ReAct"],
      message: "must be one of the allowed modules: Predict, ReAct",
    },
    {
      constraints: { allowed_modules: ["Predict"] },
      value: { __dspex_type__: "module_reference", module_name: "Refine" },
      reason: "constraint_violation",
      constraint: "choices",
      limit: ["Predict"],
      message: "must be one of the allowed modules: Predict",
    },
    {
      constraints: { pattern: "^[A-Z][A-Za-z0-9_.]*$" },
      value: "predict",
      reason: "constraint_violation",
      constraint: "pattern",
      limit: "^[A-Z][A-Za-z0-9_.]*$",
      message: "must match pattern: ^[A-Z][A-Za-z0-9_.]*$",
    },
    {
      constraints: { namespace: "My.App" },
      value: "My.Apple",
      reason: "constraint_violation",
      constraint: "namespace",
      limit: "My.App",
      message: "must be in namespace: My.App",
    },
    {
      constraints: { parameters: tuned },
      value: "__proto__",
      reason: "constraint_violation",
      constraint: "choices",
      message: "must be one of the allowed modules: chain.of.thought, retrieve, constructor",
    },
    {
      constraints: { parameters: tuned },
      value: "chain.of.thought",
      reason: "validation_failed",
      message: "knob.parameters.steps: is a required parameter of chain.of.thought",
    },
    {
      constraints: { parameters: tuned },
      value: { module: "retrieve", parameters: { steps: 1 } },
      reason: "validation_failed",
      message: "knob.parameters.steps: is no parameter of retrieve",
    },
    {
      constraints: { parameters: tuned },
      value: { module: "constructor", parameters: { toString: 1 } },
      reason: "validation_failed",
      message: "knob.parameters.toString: is no parameter of constructor",
    },
    {
      constraints: { parameters: tuned },
      value: { module: "retrieve", parameters: [] },
      reason: "validation_failed",
      message: "must be a module name",
    },
    {
      constraints: { parameters: tuned },
      value: { module: "chain.of.thought", parameters: { steps: "many" } },
      reason: "validation_failed",
      message: "knob.parameters.steps: must be an integer",
    },
    {
      constraints: { parameters: tuned },
      value: { module: "chain.of.thought", parameters: { steps: 10 } },
      reason: "constraint_violation",
      constraint: "max",
      limit: 9,
      message: "knob.parameters.steps: value 10 is above maximum 9",
    },
    {
      constraints: { parameters: tuned },
      value: { module: "chain.of.thought", parameters: { steps: 1, temperature: 0.75 } },
      reason: "constraint_violation",
      constraint: "step",
      limit: 0.1,
      message: "knob.parameters.temperature: value 0.75 is not on the grid of step 0.1 from 0",
    },
  ],
  invalidConstraints: [
    { constraints: { choices: [] }, field: "choices" },
    { constraints: { choices: ["a", "a"] }, field: "choices" },
    { constraints: { choices: [""] }, field: "choices" },
    { constraints: { allowed_modules: [""] }, field: "allowed_modules" },
    { constraints: { allowed_modules: "a" }, field: "allowed_modules" },
    { constraints: { choices: ["a"], allowed_modules: ["b"] }, field: "allowed_modules" },
    { constraints: { pattern: "(?<=a)" }, field: "pattern" },
    { constraints: { namespace: "" }, field: "namespace" },
    { constraints: { namespace: 1 }, field: "namespace" },
    { constraints: { parameters: [] }, field: "parameters" },
    { constraints: { parameters: {} }, field: "parameters" },
    { constraints: { parameters: { "": {} } }, field: "parameters" },
    { constraints: { parameters: JSON.parse('{"__proto__": {}}') }, field: "parameters" },
    { constraints: { parameters: { a: JSON.parse('{"__proto__": {"type": "float"}}') } }, field: "parameters.a" },
    { constraints: { choices: ["a"], parameters: { b: {} } }, field: "parameters.b" },
    { constraints: { parameters: { a: 1 } }, field: "parameters.a" },
    { constraints: { parameters: { a: { p: "float" } } }, field: "parameters.a.p" },
    { constraints: { parameters: { a: { p: {} } } }, field: "parameters.a.p.type" },
    { constraints: { parameters: { a: { p: { type: "complex" } } } }, field: "parameters.a.p.type" },
    { constraints: { parameters: { a: { p: { type: "module" } } } }, field: "parameters.a.p.type" },
    { constraints: { parameters: { a: { p: { type: ["float"] } } } }, field: "parameters.a.p.type" },
    { constraints: { parameters: { a: { p: { type: "float", min: 0 } } } }, field: "parameters.a.p.min" },
    {
      constraints: { parameters: { a: { p: { type: "float", constraints: { min: "0" } } } } },
      field: "parameters.a.p.constraints.min",
    },
    {
      constraints: { parameters: { a: { p: { type: "float", constraints: { least: 0 } } } } },
      field: "parameters.a.p.constraints.least",
    },
    {
      constraints: { parameters: { a: { p: { type: "float", constraints: [] } } } },
      field: "parameters.a.p.constraints",
    },
    {
      constraints: { parameters: { a: { p: { type: "float", constraints: { max: 1 }, default: 2 } } } },
      field: "parameters.a.p.default",
    },
  ],
  garbage: [
    { kind: "string", value: "" },
    { kind: "map", value: new Map([["module", { kind: "string", value: "a" }]]) },
    {
      kind: "map",
      value: new Map([
        ["module", { kind: "string", value: "" }],
        ["parameters", { kind: "map", value: new Map() }],
      ]),
    },
    {
      kind: "map",
      value: new Map([
        ["module", { kind: "string", value: "a" }],
        ["parameters", { kind: "list", value: [] }],
      ]),
    },
  ],
});
