import type { DeclarationOptions, VariableDeclaration, VariableType } from "@trimtab/core";
import { constraintSchema } from "./constraint-schema.ts";
import { declareVariable } from "./declare-variable.ts";
import { refuseType, valueSchema } from "./value-schema.ts";

/** Booleans have no constraints. */
export type BooleanConstraints = Record<never, never>;

/** True or false. Takes also the texts `true` and `false` in lower case, and 1 and 0. */
export const booleanType: VariableType<boolean, BooleanConstraints> = {
  name: "boolean",
  constraints: constraintSchema({}, (): BooleanConstraints => ({})),
  values: () =>
    valueSchema((input, context) => {
      switch (input) {
        case true:
        case "true":
        case 1:
        case 1n:
          return true;
        case false:
        case "false":
        case 0:
        case 0n:
          return false;
        default:
          return refuseType(context, "must be a boolean (true or false)", input);
      }
    }),
  encode: (value) => ({ kind: "boolean", value }),
  decode: (payload) => {
    if (payload.kind !== "boolean") throw new TypeError("no stored boolean");
    return payload.value;
  },
  equals: (a, b) => a === b,
  space: () => ({ kind: "categorical", choices: [false, true] }),
};

/** Surroundings of a boolean variable. */
export type BooleanOptions = DeclarationOptions<boolean>;

/**
 * Declares a boolean variable.
 *
 * @throws StoreError `validation_failed` for a default that is none
 */
export const boolean = (options: BooleanOptions = {}): VariableDeclaration<boolean> =>
  declareVariable(booleanType, options);
