import {
  type AnyVariableType,
  fromPayload,
  type Payload,
  parseConstraints,
  parseValue,
  type Space,
  type TypeRegistry,
  type Value,
  type ValueRecord,
} from "@trimtab/core";
import type * as z from "zod";
import { isRecord, type RefuseConstraint } from "./constraint-schema.ts";
import { copyPayload, isModuleName } from "./module-value.ts";

/** What a module variable's constraints say about one parameter of one module. */
export type ParameterSpec = {
  /** Name of the parameter's type. */
  readonly type: string;
  readonly constraints: ValueRecord;
  /** The value where none is given; without it the parameter is required. */
  readonly default?: Value;
};

/** The parameters of each module, by module and by name. */
export type ModuleParameters = { readonly [module: string]: { readonly [parameter: string]: ParameterSpec } };

/**
 * Checks declared parameters and gives their canonical form: every type known, its constraints and default canonical.
 * What is wrong is reported under `parameters`, with the path to it.
 */
export function canonicalParameters(given: unknown, types: TypeRegistry, refuse: RefuseConstraint): ModuleParameters {
  const at =
    (path: readonly string[]) =>
    (problem: string, ...rest: readonly string[]) =>
      refuse(["parameters", ...path, ...rest], problem);
  return mapRecord(given, at([]), (module, parameters) =>
    mapRecord(parameters, at([module]), (name, spec) => canonicalSpec(spec, types, at([module, name]))),
  );
}

type Report = (problem: string, ...path: readonly string[]) => void;

function mapRecord<T>(given: unknown, report: Report, convert: (name: string, item: unknown) => T | undefined) {
  const converted: [string, T][] = [];
  if (!isRecord(given)) report("must be named values");
  else {
    for (const [name, item] of Object.entries(given)) {
      if (!isModuleName(name) || name === "__proto__") report("has a key that cannot be a name");
      const result = convert(name, item);
      if (result !== undefined) converted.push([name, result]);
    }
  }
  return Object.freeze(Object.fromEntries(converted)) as Readonly<Record<string, T>>;
}

const specKeys = ["type", "constraints", "default"];

function canonicalSpec(spec: unknown, types: TypeRegistry, report: Report): ParameterSpec | undefined {
  if (!isRecord(spec)) return report("must name a type") as undefined;
  const unknown = Object.keys(spec).find((key) => !specKeys.includes(key));
  if (unknown !== undefined) return report("is not known", unknown) as undefined;
  const type = types.get(String(spec["type"]));
  if (typeof spec["type"] !== "string" || type === undefined) {
    return report(`must be one of: ${[...types.keys()].join(", ")}`, "type") as undefined;
  }
  const constraints = parseConstraints(type, spec["constraints"]);
  if (constraints.kind === "refused") {
    const { field } = constraints.refusal.details;
    return report(constraints.refusal.message, ...new Set(["constraints", field])) as undefined;
  }
  const canonical = { type: type.name, constraints: Object.freeze(constraints.value) };
  if (spec["default"] === undefined) return canonical;
  const initial = parseValue(type, constraints.value, spec["default"], "default");
  if (initial.kind === "refused") return report(initial.refusal.message, "default") as undefined;
  return { ...canonical, default: fromPayload(type.encode(initial.value)) };
}

/** A parameter ready to be checked: nothing about it is looked up again. */
interface Parameter {
  readonly type: AnyVariableType;
  readonly schema: z.ZodType;
  /** The exact default. */
  readonly initial: Payload | undefined;
}

/** What is wrong with given parameters: an issue of the parameter's own type, or one of the parameter as such. */
export type ParameterProblem =
  | { readonly kind: "issue"; readonly name: string; readonly input: unknown; readonly issue: z.core.$ZodIssue }
  | { readonly kind: "problem"; readonly name: string; readonly input: unknown; readonly message: string };

/** Checks the parameters given for one module and gives their exact form, defaults filled in; or the first problem. */
export type ParameterCheck = (
  given: Readonly<Record<string, unknown>>,
) => ReadonlyMap<string, Payload> | ParameterProblem;

/** Makes the check of one module's parameters. */
export function createParameterCheck(
  module: string,
  specs: ModuleParameters[string],
  types: TypeRegistry,
): ParameterCheck {
  const parameters = new Map(Object.entries(specs).map(([name, spec]) => [name, prepare(spec, types)]));
  return (given) => {
    for (const name of Object.keys(given)) {
      if (!parameters.has(name))
        return { kind: "problem", name, input: given[name], message: `is no parameter of ${module}` };
    }
    const exact = new Map<string, Payload>();
    for (const [name, { type, schema, initial }] of parameters) {
      const input = Object.hasOwn(given, name) ? given[name] : undefined;
      if (input === undefined && initial !== undefined) exact.set(name, copyPayload(initial));
      else if (input === undefined) {
        return { kind: "problem", name, input, message: `is a required parameter of ${module}` };
      } else {
        const parsed = schema.safeParse(input);
        const issue = parsed.error?.issues[0];
        if (issue !== undefined) return { kind: "issue", name, input, issue };
        exact.set(name, type.encode(parsed.data));
      }
    }
    return exact;
  };
}

function prepare(spec: ParameterSpec, types: TypeRegistry): Parameter {
  const type = types.get(spec.type);
  if (type === undefined) throw new TypeError(`"${spec.type}" is no type of a parameter`);
  const schema = type.values(spec.constraints);
  return { type, schema, initial: spec.default === undefined ? undefined : type.encode(schema.parse(spec.default)) };
}

/**
 * The region of one module's parameters. Those without a finite region keep their default; `undefined` where one of
 * them has none.
 */
export function parameterSpaces(
  specs: ModuleParameters[string],
  types: TypeRegistry,
): Readonly<Record<string, Space>> | undefined {
  const spaces: [string, Space][] = [];
  for (const [name, spec] of Object.entries(specs)) {
    const space = types.get(spec.type)?.space(spec.constraints);
    if (space !== undefined) spaces.push([name, space]);
    else if (spec.default === undefined) return undefined;
  }
  return Object.fromEntries(spaces);
}
