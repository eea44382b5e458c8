export type {
  AnyVariableType,
  DeclarationOptions,
  DType,
  NdArray,
  ValueOf,
  VariableDeclaration,
  VariableType,
} from "@trimtab/core";
export * from "./boolean.ts";
export * from "./builtin-types.ts";
export * from "./choice.ts";
export * from "./declare-variable.ts";
export * from "./embedding.ts";
export * from "./float.ts";
export * from "./integer.ts";
export * from "./module.ts";
export * from "./string.ts";
export * from "./tensor.ts";
