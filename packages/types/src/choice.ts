import type { DeclarationOptions, VariableDeclaration, VariableType } from "@trimtab/core";
import { constraint, constraintSchema, texts } from "./constraint-schema.ts";
import { declareVariable } from "./declare-variable.ts";
import { storedText } from "./stored-text.ts";
import { isText, refuseConstraint, refuseType, valueSchema } from "./value-schema.ts";

/** Limits of a choice variable. */
export type ChoiceConstraints = {
  /** What may be chosen, at least one; without it any text may. */
  readonly choices?: readonly string[];
};

/** One text out of several. */
export const choiceType: VariableType<string, ChoiceConstraints> = {
  name: "choice",
  constraints: constraintSchema(
    { choices: constraint(texts) },
    ({ choices }): ChoiceConstraints => (choices === undefined ? {} : { choices: Object.freeze([...choices]) }),
  ),
  values: ({ choices }) => {
    const allowed = choices === undefined ? undefined : new Set(choices);
    return valueSchema((input, context) => {
      // What is among the choices is text, so the common case is one look-up.
      if (allowed?.has(input as string)) return input as string;
      if (!isText(input)) return refuseType(context, "must be a string", input);
      if (choices === undefined) return input;
      const broken = { input, constraint: "choices", limit: choices };
      return refuseConstraint(context, `must be one of: ${choices.join(", ")}`, broken);
    });
  },
  ...storedText,
  space: ({ choices }) => (choices === undefined ? undefined : { kind: "categorical", choices }),
};

/**
 * Declares a choice variable whose values are the union of the texts given; without choices any text.
 *
 * @throws StoreError `invalid_constraints` for no or repeated choices; `validation_failed` or `constraint_violation` for the default
 */
export function choice<const C extends string = string>(
  choices?: readonly C[],
  options: DeclarationOptions<NoInfer<C>> = {},
): VariableDeclaration<C> {
  const given: ChoiceOptions = choices === undefined ? options : { ...options, choices };
  return declareVariable<C>(choiceType, given);
}

type ChoiceOptions = ChoiceConstraints & DeclarationOptions<string>;
