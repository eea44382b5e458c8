import type { AnyVariableType } from "@trimtab/core";
import { booleanType } from "./boolean.ts";
import { choiceType } from "./choice.ts";
import { embeddingType } from "./embedding.ts";
import { floatType } from "./float.ts";
import { integerType } from "./integer.ts";
import { moduleType } from "./module.ts";
import { stringType } from "./string.ts";
import { tensorType } from "./tensor.ts";

/** The eight types that come with Trimtab, for a registry: `createTypeRegistry(builtinTypes)`. */
export const builtinTypes: readonly AnyVariableType[] = Object.freeze([
  floatType,
  integerType,
  stringType,
  booleanType,
  choiceType,
  moduleType,
  embeddingType,
  tensorType,
]);
