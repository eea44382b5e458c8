import type { NdArray, ValueOf, VariableDeclaration } from "@trimtab/core";
import { describe, expectTypeOf, it } from "vitest";
import {
  bigInteger,
  boolean,
  choice,
  embedding,
  float,
  integer,
  type ModuleChoice,
  module,
  string,
  type Tensor,
  tensor,
} from "./index.ts";

describe("declarations", () => {
  it("of scalars say what their values are", () => {
    const temperature = float({ min: 0, max: 2, default: 0.7 });
    expectTypeOf(temperature).toEqualTypeOf<VariableDeclaration<number>>();
    expectTypeOf(integer({ min: 1, default: 256 })).toEqualTypeOf<VariableDeclaration<number>>();
    expectTypeOf(bigInteger({ max: 2n ** 63n - 1n })).toEqualTypeOf<VariableDeclaration<bigint>>();
    expectTypeOf(boolean()).toEqualTypeOf<VariableDeclaration<boolean>>();
    expectTypeOf(string()).toEqualTypeOf<VariableDeclaration<string>>();
    expectTypeOf<ValueOf<typeof temperature>>().toEqualTypeOf<number>();
  });

  it("of texts are the union of those listed, and any text without a list", () => {
    expectTypeOf(choice(["gpt-4", "claude-3"])).toEqualTypeOf<VariableDeclaration<"gpt-4" | "claude-3">>();
    expectTypeOf(string({ enum: ["small", "large"] })).toEqualTypeOf<VariableDeclaration<"small" | "large">>();
    expectTypeOf(module(["Predict", "ReAct"])).toEqualTypeOf<VariableDeclaration<"Predict" | "ReAct">>();
    expectTypeOf(choice()).toEqualTypeOf<VariableDeclaration<string>>();
    expectTypeOf(module()).toEqualTypeOf<VariableDeclaration<string>>();
    const readFromAFile: readonly string[] = ["a"];
    expectTypeOf(choice(readFromAFile)).toEqualTypeOf<VariableDeclaration<string>>();
    expectTypeOf(module(readFromAFile)).toEqualTypeOf<VariableDeclaration<string>>();
  });

  it("of arrays are the typed array that the dtype names", () => {
    expectTypeOf(embedding({ dimensions: 3 })).toEqualTypeOf<VariableDeclaration<Float64Array>>();
    expectTypeOf(embedding({ dtype: "f32" })).toEqualTypeOf<VariableDeclaration<Float32Array>>();
    expectTypeOf(embedding({ dtype: "bf16" })).toEqualTypeOf<VariableDeclaration<Float32Array>>();
    expectTypeOf(embedding({ default: Float32Array.of(1) })).toEqualTypeOf<VariableDeclaration<Float64Array>>();
    expectTypeOf(tensor({ dtype: "s64" })).toEqualTypeOf<VariableDeclaration<Tensor<"s64">>>();
    expectTypeOf<ValueOf<ReturnType<typeof tensor<"s64">>>["data"]>().toEqualTypeOf<BigInt64Array>();
    expectTypeOf<Tensor<"bool">["data"]>().toEqualTypeOf<Uint8Array>();
    expectTypeOf(tensor()).toEqualTypeOf<VariableDeclaration<Tensor>>();
    const read = (any: Tensor) => (any.dtype === "u64" ? any.data : undefined);
    expectTypeOf(read).returns.toEqualTypeOf<BigUint64Array | undefined>();
  });

  it("of modules with parameters are a union that the module's name tells apart", () => {
    const pipeline = module(
      {
        Predict: { temperature: float({ default: 0.7 }), model: choice(["small", "large"]) },
        Retrieve: { query: embedding({ dtype: "f32" }), mask: tensor(), seed: bigInteger(), strict: boolean() },
        Echo: {},
      },
      { default: { module: "Predict", parameters: { model: "small" } } },
    );
    type Pipeline = ValueOf<typeof pipeline>;
    expectTypeOf<Pipeline["module"]>().toEqualTypeOf<"Predict" | "Retrieve" | "Echo">();
    expectTypeOf<Extract<Pipeline, { module: "Predict" }>["parameters"]>().toEqualTypeOf<{
      readonly temperature: number;
      readonly model: "small" | "large";
    }>();
    expectTypeOf<Extract<Pipeline, { module: "Retrieve" }>["parameters"]>().toEqualTypeOf<{
      readonly query: NdArray;
      readonly mask: NdArray;
      readonly seed: number | bigint;
      readonly strict: boolean;
    }>();
    const use = (value: Pipeline) => (value.module === "Predict" ? value.parameters.temperature : undefined);
    expectTypeOf(use).returns.toEqualTypeOf<number | undefined>();
    expectTypeOf<ModuleChoice<{ Echo: Record<never, never> }>["module"]>().toEqualTypeOf<"Echo">();
  });

  it("refuse what does not belong, where it is written", () => {
    const declare = () => {
      // @ts-expect-error: a float's limit is a number
      float({ min: "0" });
      // @ts-expect-error: not a constraint of floats
      float({ minimum: 0 });
      // @ts-expect-error: a default of another type
      float({ default: "warm" });
      // @ts-expect-error: an integer whose values are numbers has numbers for limits
      integer({ max: 2n ** 60n });
      // @ts-expect-error: booleans have no constraints
      boolean({ min: 0 });
      // @ts-expect-error: not one of the choices
      choice(["a", "b"], { default: "c" });
      // @ts-expect-error: not one of the texts
      string({ enum: ["a", "b"], default: "c" });
      // @ts-expect-error: not one of the modules
      module(["A"], { default: "B" });
      // @ts-expect-error: the names say what may be chosen
      module(["A"], { choices: ["B"] });
      // @ts-expect-error: not a module that is declared
      module({ A: {} }, { default: { module: "B" } });
      // @ts-expect-error: a parameter of another type
      module({ A: { depth: integer() } }, { default: { module: "A", parameters: { depth: "2" } } });
      // @ts-expect-error: not a metric
      embedding({ distance_metric: "hamming" });
      // @ts-expect-error: embeddings are of floats
      embedding({ dtype: "s8" });
      // @ts-expect-error: not a dtype
      tensor({ dtype: "float32" });
      // @ts-expect-error: a tensor says what shape it has
      tensor({ default: { data: [1] } });
    };
    expectTypeOf(declare).toBeFunction();
  });
});
