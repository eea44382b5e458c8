import type { Value } from "@trimtab/core";
import type { RefuseConstraint } from "./constraint-schema.ts";
import type { ModuleParameters } from "./module-parameters.ts";
import { createPatternCheck, whyNoneFits } from "./re2-pattern.ts";

/** Limits of a module variable. Without any it takes every name. */
export type ModuleConstraints = {
  /** The modules that may be chosen; `allowed_modules` is accepted for it. */
  readonly choices?: readonly string[];
  /** A regular expression in the RE2 dialect that must be found somewhere in the module's name. */
  readonly pattern?: string;
  /** The module's name must be this one or begin with it and a dot. */
  readonly namespace?: string;
  /**
   * Parameters that a choice of module brings along. With them values are configurations of `module` and `parameters`;
   * a module that is not named here has none. Without `choices` the modules named here are the choices.
   */
  readonly parameters?: ModuleParameters;
};

/** The ways in which constraints can name the modules that may be chosen. */
interface GivenChoices {
  readonly choices: readonly string[] | undefined;
  readonly alias: readonly string[] | undefined;
  readonly parameters: ModuleParameters | undefined;
  /** What else limits a module's name. */
  readonly limits: Pick<ModuleConstraints, "pattern" | "namespace">;
}

/** The one list of modules that `choices`, its alias and the declared parameters agree on, of which some may be chosen. */
export function agreedChoices({ choices, alias, parameters, limits }: GivenChoices, refuse: RefuseConstraint) {
  if (choices !== undefined && alias !== undefined && !sameTexts(choices, alias)) {
    refuse("allowed_modules", "differs from choices, for which it is another name");
  }
  const modules = parameters === undefined ? [] : Object.keys(parameters);
  const named = choices ?? alias ?? (parameters && modules);
  if (named?.length === 0) refuse("parameters", "must name at least one module where there are no choices");
  if (named?.includes("")) refuse(choices === undefined ? "allowed_modules" : "choices", "must not hold an empty name");
  const stray = modules.find((module) => !named?.includes(module));
  if (stray !== undefined) refuse(["parameters", stray], "is none of the choices");
  const checkName = createNameCheck(limits);
  const problem = named && whyNoneFits(named, limits.pattern, (name) => checkName(name)?.message);
  if (problem !== undefined) {
    const constraint = choices ? "choices" : alias ? "allowed_modules" : "parameters";
    refuse(constraint, `has no module that the other constraints allow: the first ${problem}`);
  }
  return named;
}

const sameTexts = (a: readonly string[], b: readonly string[]): boolean =>
  a.length === b.length && a.every((text, i) => text === b[i]);

/** Which limit a module's name breaks. */
export interface BrokenName {
  readonly message: string;
  readonly constraint: string;
  readonly limit: Value;
}

/** Makes the check of a module's name against everything but its parameters. */
export function createNameCheck({ choices, pattern, namespace }: ModuleConstraints) {
  const allowed = choices === undefined ? undefined : new Set(choices);
  const checkPattern = pattern === undefined ? undefined : createPatternCheck(pattern);
  return (name: string): BrokenName | undefined => {
    if (choices !== undefined && !allowed?.has(name)) {
      const message = `must be one of the allowed modules: ${choices.join(", ")}`;
      return { message, constraint: "choices", limit: choices };
    }
    const mismatch = checkPattern?.(name);
    if (mismatch !== undefined && pattern !== undefined) {
      return { message: mismatch, constraint: "pattern", limit: pattern };
    }
    if (namespace !== undefined && name !== namespace && !name.startsWith(`${namespace}.`)) {
      return { message: `must be in namespace: ${namespace}`, constraint: "namespace", limit: namespace };
    }
    return undefined;
  };
}
