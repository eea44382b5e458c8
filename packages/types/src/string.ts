import type { DeclarationOptions, VariableDeclaration, VariableType } from "@trimtab/core";
import { constraint, constraintSchema, isAbove, texts, wholeNumber } from "./constraint-schema.ts";
import { declareVariable } from "./declare-variable.ts";
import { graphemeLength } from "./grapheme-length.ts";
import { createPatternCheck, patternText, whyNoneFits } from "./re2-pattern.ts";
import { storedText } from "./stored-text.ts";
import { isText, type ParseContext, refuseConstraint, refuseType, valueSchema } from "./value-schema.ts";

/** Limits of a string variable. Lengths count graphemes: what readers see as characters. */
export type StringConstraints = {
  /** Inclusive, as `max_length` is; whole numbers from 0. */
  readonly min_length?: number;
  readonly max_length?: number;
  /** A regular expression in the RE2 dialect, of at most 1024 characters, that must be found somewhere in the value; anchor it to match the whole. */
  readonly pattern?: string;
  /** The only values allowed. */
  readonly enum?: readonly string[];
};

/** Well-formed Unicode text, kept as it is. */
export const stringType: VariableType<string, StringConstraints> = {
  name: "string",
  constraints: constraintSchema(
    {
      min_length: constraint(wholeNumber(0)),
      max_length: constraint(wholeNumber(0)),
      pattern: constraint(patternText),
      enum: constraint(texts),
    },
    (given, refuse): StringConstraints => {
      const { min_length: least, max_length: most } = given;
      if (isAbove(least, most)) refuse("min_length", `${least} is above max_length ${most}`);
      const problem = problemOfEnum(given);
      if (problem !== undefined) refuse("enum", `has no text that the other constraints allow: the first ${problem}`);
      return given.enum === undefined ? given : { ...given, enum: Object.freeze([...given.enum]) };
    },
  ),
  values: (constraints) => {
    const checkLength = createLengthCheck(constraints);
    const checkContent = createContentCheck(constraints);
    return valueSchema((input, context) => {
      if (!isText(input)) return refuseType(context, notText(input), input);
      checkLength?.(input, context);
      if (context.issues.length === 0) checkContent?.(input, context);
      return input;
    });
  },
  ...storedText,
  space: (constraints) => {
    const schema = stringType.values(constraints);
    const choices = constraints.enum?.filter((choice) => schema.safeParse(choice).success) ?? [];
    return choices.length === 0 ? undefined : { kind: "categorical", choices };
  },
};

/** What keeps every text of an enum from being a value, where something does. */
function problemOfEnum({ enum: texts, ...limits }: StringConstraints): string | undefined {
  if (texts === undefined) return undefined;
  const schema = stringType.values(limits);
  return whyNoneFits(texts, limits.pattern, (text) => schema.safeParse(text).error?.issues[0]?.message);
}

type Check = ((text: string, context: ParseContext) => void) | undefined;

function createLengthCheck({ min_length: least = 0, max_length: most }: StringConstraints): Check {
  if (least === 0 && most === undefined) return undefined;
  return (text, context) => {
    const length = graphemeLength(text);
    if (length < least) {
      const broken = { input: text, constraint: "min_length", limit: least };
      refuseConstraint(context, `must be at least ${least} characters, got ${length}`, broken);
    } else if (most !== undefined && length > most) {
      const broken = { input: text, constraint: "max_length", limit: most };
      refuseConstraint(context, `must be at most ${most} characters, got ${length}`, broken);
    }
  };
}

function createContentCheck({ pattern, enum: allowed }: StringConstraints): Check {
  if (pattern === undefined && allowed === undefined) return undefined;
  const checkPattern = pattern === undefined ? undefined : createPatternCheck(pattern);
  const set = allowed === undefined ? undefined : new Set(allowed);
  return (text, context) => {
    const mismatch = checkPattern?.(text);
    if (mismatch !== undefined && pattern !== undefined) {
      refuseConstraint(context, mismatch, { input: text, constraint: "pattern", limit: pattern });
    } else if (set !== undefined && allowed !== undefined && !set.has(text)) {
      const broken = { input: text, constraint: "enum", limit: allowed };
      refuseConstraint(context, `must be one of: ${allowed.join(", ")}`, broken);
    }
  };
}

/** Why something is no text. */
function notText(input: unknown): string {
  if (input === null) return "cannot be nil";
  return typeof input === "string" ? "must be well-formed Unicode" : "must be a string";
}

/** Constraints and surroundings of a string variable; `E` are the texts that `enum` allows. */
export type StringOptions<E extends string> = Omit<StringConstraints, "enum"> & {
  readonly enum?: readonly E[];
} & DeclarationOptions<NoInfer<E>>;

/**
 * Declares a string variable; with `enum` its values are the union of the texts given.
 *
 * @throws StoreError `invalid_constraints`; `validation_failed` or `constraint_violation` for the default
 */
export const string = <const E extends string = string>(options: StringOptions<E> = {}): VariableDeclaration<E> =>
  declareVariable<E>(stringType, options);
