import {
  type AnyVariableType,
  createTypeRegistry,
  type Space,
  type TypeRegistry,
  type Value,
  type ValueRecord,
  type VariableType,
} from "@trimtab/core";
import * as z from "zod";
import { compact, constraint, constraintSchema, texts } from "./constraint-schema.ts";
import { agreedChoices, createNameCheck, type ModuleConstraints } from "./module-choices.ts";
import {
  canonicalParameters,
  createParameterCheck,
  type ModuleParameters,
  type ParameterProblem,
  parameterSpaces,
} from "./module-parameters.ts";
import {
  createConfiguration,
  decodeModule,
  encodeModule,
  type ModuleValue,
  moduleEquals,
  readModule,
} from "./module-value.ts";
import { patternText } from "./re2-pattern.ts";
import { isText, type ParseContext, refuseConstraint, refuseType, valueSchema } from "./value-schema.ts";

/**
 * Makes the module type: a choice among modules by name, each of which may bring parameters of the types given.
 * Takes names, references `{"__dspex_type__": "module_reference", "module_name": ...}`, and, where parameters are
 * declared, records of `module` and `parameters`.
 */
export function createModuleType(
  parameterTypes: Iterable<AnyVariableType>,
): VariableType<ModuleValue, ModuleConstraints> {
  const types = createTypeRegistry(parameterTypes);
  return {
    name: "module",
    constraints: constraintSchema(
      {
        choices: constraint(texts),
        allowed_modules: constraint(texts),
        pattern: constraint(patternText),
        namespace: constraint(z.custom<string>((input) => isText(input) && input !== "", "must be text")),
        parameters: constraint(z.unknown()),
      },
      ({ choices, allowed_modules: alias, parameters: given, ...rest }, refuse): ModuleConstraints => {
        const parameters = given === undefined ? undefined : canonicalParameters(given, types, refuse);
        const names = agreedChoices({ choices, alias, parameters, limits: rest }, refuse);
        return { ...rest, ...compact({ choices: names && Object.freeze([...names]), parameters }) };
      },
    ),
    values: (constraints) => {
      const checkName = createNameCheck(constraints);
      const configure = createConfigure(constraints, types);
      return valueSchema((input, context) => {
        const request = readModule(input);
        if (request === undefined || (request.parameters !== undefined && configure === undefined)) {
          return refuseType(context, "must be a module name", input);
        }
        const { module, parameters } = request;
        const broken = checkName(module);
        if (broken !== undefined) {
          const { message, ...issue } = broken;
          return refuseConstraint(context, message, { input, ...issue, value: module });
        }
        if (configure === undefined) return module;
        const exact = configure(module, parameters ?? {});
        return "kind" in exact ? refuseParameter(context, exact) : createConfiguration(module, exact);
      });
    },
    encode: encodeModule,
    decode: decodeModule,
    equals: moduleEquals,
    space: (constraints) => createSpace(constraints, types),
  };
}

/** Makes the function that checks the parameters of any module, or `undefined` where values are bare names. */
function createConfigure({ choices = [], parameters }: ModuleConstraints, types: TypeRegistry) {
  if (parameters === undefined) return undefined;
  const checks = new Map(
    choices.map((module) => [module, createParameterCheck(module, ownSpecs(parameters, module), types)]),
  );
  return (module: string, given: Readonly<Record<string, unknown>>) => {
    const check = checks.get(module);
    return check === undefined ? new Map<never, never>() : check(given);
  };
}

const ownSpecs = (parameters: ModuleParameters, module: string): ModuleParameters[string] =>
  (Object.hasOwn(parameters, module) && parameters[module]) || {};

/** Passes on what is wrong with a parameter, with the path to it. */
function refuseParameter(context: ParseContext, problem: ParameterProblem): never {
  const own = problem.kind === "issue" && problem.issue.code === "custom" ? problem.issue.params : undefined;
  context.issues.push({
    code: "custom",
    path: ["parameters", problem.name],
    message: problem.kind === "issue" ? problem.issue.message : problem.message,
    input: problem.input,
    ...(own !== undefined && { params: own }),
  });
  return z.NEVER;
}

function createSpace({ choices = [], parameters, ...limits }: ModuleConstraints, types: TypeRegistry) {
  const checkName = createNameCheck(limits);
  const possible = choices.filter((name) => checkName(name) === undefined);
  if (possible.length === 0) return undefined;
  if (parameters === undefined) return { kind: "categorical", choices: possible } satisfies Space;
  const branches: [string, Readonly<Record<string, Space>>][] = [];
  for (const name of possible) {
    const spaces = parameterSpaces(ownSpecs(parameters, name), types);
    if (spaces === undefined) return undefined;
    branches.push([name, spaces]);
  }
  return {
    kind: "conditional",
    branches: Object.fromEntries(branches),
    toValue: (module, chosen): Value => ({ module, parameters: chosen }),
    fromValue: (value) => {
      const request = readModule(value);
      return request && { branch: request.module, parameters: (request.parameters ?? {}) as ValueRecord };
    },
  } satisfies Space;
}
