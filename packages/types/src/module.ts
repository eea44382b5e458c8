import type { DeclarationOptions, NdArray, ValueOf, VariableDeclaration } from "@trimtab/core";
import { booleanType } from "./boolean.ts";
import { choiceType } from "./choice.ts";
import { declareVariable } from "./declare-variable.ts";
import { embeddingType } from "./embedding.ts";
import { floatType } from "./float.ts";
import { integerType } from "./integer.ts";
import type { ModuleConstraints } from "./module-choices.ts";
import { createModuleType } from "./module-type.ts";
import { narrowedType } from "./narrowed-type.ts";
import { stringType } from "./string.ts";
import { type Tensor, tensorType } from "./tensor.ts";

export type { ModuleConstraints } from "./module-choices.ts";
export type { ModuleParameters, ParameterSpec } from "./module-parameters.ts";
export { createModuleType } from "./module-type.ts";
export type { ModuleConfiguration, ModuleValue } from "./module-value.ts";

/** The module type whose parameters may be of the other seven built-in types. */
export const moduleType = createModuleType([
  floatType,
  integerType,
  stringType,
  booleanType,
  choiceType,
  embeddingType,
  tensorType,
]);

/** The declared parameters of each module that may be chosen. */
export type ModuleDeclarations = { readonly [module: string]: { readonly [parameter: string]: VariableDeclaration } };

/** Parameters come in their plain form: embeddings and tensors as stored arrays, integers as number where safe. */
type PlainOf<V> = V extends bigint ? number | bigint : V extends ArrayBufferView | Tensor ? NdArray : V;

/** One module out of those declared, with its parameters: a union that `module` discriminates. */
export type ModuleChoice<D extends ModuleDeclarations> = {
  [M in keyof D & string]: {
    readonly module: M;
    readonly parameters: { readonly [P in keyof D[M]]: PlainOf<ValueOf<D[M][P]>> };
  };
}[keyof D & string];

/** What the default of a module with parameters may be written as; parameters with defaults may be left out. */
export type ModuleChoiceInput<D extends ModuleDeclarations> =
  | (keyof D & string)
  | {
      [M in keyof D & string]: {
        readonly module: M;
        readonly parameters?: { readonly [P in keyof D[M]]?: ValueOf<D[M][P]> };
      };
    }[keyof D & string];

/** Limits on names and surroundings of a module variable. */
export type ModuleOptions<V> = Pick<ModuleConstraints, "pattern" | "namespace"> & DeclarationOptions<V>;

/**
 * Declares a module variable. A list of names makes values the union of those names, without it any name; a record of
 * names and their parameters' declarations makes values the union of configurations. A parameter whose declaration has
 * no default must be given. Where a variable was registered with parameters and is declared without, or the other way
 * round, its values are refused when they are read.
 *
 * @throws StoreError `invalid_constraints`; `validation_failed` or `constraint_violation` for the default
 */
export function module<const M extends string = string>(
  choices?: readonly M[],
  options?: ModuleOptions<NoInfer<M>>,
): VariableDeclaration<M>;
export function module<const D extends ModuleDeclarations>(
  modules: D,
  options?: Omit<ModuleOptions<never>, "default"> & { readonly default?: ModuleChoiceInput<NoInfer<D>> },
): VariableDeclaration<ModuleChoice<D>>;
export function module(
  given?: readonly string[] | ModuleDeclarations,
  options: ModuleOptions<unknown> = {},
): VariableDeclaration<unknown> {
  const isConfigured = given !== undefined && !isList(given);
  const constraints = given === undefined ? {} : isConfigured ? { parameters: toSpecs(given) } : { choices: given };
  return declareVariable<unknown>(isConfigured ? configuredModule : namedModule, { ...options, ...constraints });
}

/** As {@link moduleType}, but no name without parameters is read. */
const configuredModule = narrowedType(moduleType, (value) =>
  typeof value === "string" ? "a module is stored without the parameters that are declared" : undefined,
);

/** As {@link moduleType}, but no module with parameters is read. */
const namedModule = narrowedType(moduleType, (value) =>
  typeof value === "string" ? undefined : "a module is stored with parameters, of which none are declared",
);

const isList = (given: readonly string[] | ModuleDeclarations): given is readonly string[] => Array.isArray(given);

const toSpecs = (modules: ModuleDeclarations) => mapValues(modules, (parameters) => mapValues(parameters, toSpec));

const toSpec = ({ type, constraints, default: initial }: VariableDeclaration) => ({
  type: type.name,
  constraints,
  ...(initial !== undefined && { default: initial }),
});

const mapValues = <T, U>(record: Readonly<Record<string, T>>, convert: (item: T) => U): Record<string, U> =>
  Object.fromEntries(Object.entries(record).map(([key, item]) => [key, convert(item)]));
