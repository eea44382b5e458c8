import type * as z from "zod";
import type { AccessRuleSpec } from "./access/access-rule.ts";
import type { Payload, Value, ValueRecord } from "./payload.ts";
import type { Derivation } from "./variable.ts";

/** The region that an optimizer may search for one variable; derived from the variable's own constraints. */
export type Space =
  | {
      readonly kind: "real";
      readonly min: number;
      readonly max: number;
      readonly step?: number;
      readonly log?: boolean;
    }
  | {
      readonly kind: "integer";
      readonly min: bigint;
      readonly max: bigint;
      readonly step?: bigint;
      readonly log?: boolean;
    }
  | { readonly kind: "categorical"; readonly choices: readonly Value[] }
  /** Points of a fixed number of dimensions: on the unit sphere, or within `[min, max]` along each axis. */
  | {
      readonly kind: "vector";
      readonly dimensions: number;
      readonly sphere: boolean;
      readonly min: number;
      readonly max: number;
    }
  /** A choice whose branches bring parameters of their own, searched only where that branch is taken. */
  | {
      readonly kind: "conditional";
      readonly branches: Readonly<Record<string, Readonly<Record<string, Space>>>>;
      /** Turns a branch and its parameters into a value that the type accepts. */
      readonly toValue: (branch: string, parameters: ValueRecord) => Value;
      /** Reads a value that the type accepts back; `undefined` for any other. Without it points are given by branch. */
      readonly fromValue?: (value: Value) => { readonly branch: string; readonly parameters: ValueRecord } | undefined;
    };

/**
 * Everything Trimtab must know about one type of variable. Shared code asks the type and never branches on its
 * name, so a type from outside is as good as a built-in one, over the network too. The suite
 * `describeType` in `@trimtab/core/conformance` holds its laws.
 *
 * @typeParam V - the value as programs hold it
 * @typeParam C - the constraints, as plain data; empty where there are none
 */
export interface VariableType<V = unknown, C extends ValueRecord = ValueRecord> {
  /** The name that variables carry and the wire sends: lower case, for instance `float`. */
  readonly name: string;

  /**
   * Checks constraints when a variable is registered and gives their canonical form. It refuses unknown keys,
   * ill-typed limits and limits that contradict each other, and it is idempotent.
   */
  readonly constraints: z.ZodType<C>;

  /**
   * Checks a value against the type and the constraints, in the order type, constraints, normalisation, and gives
   * the value that is stored. Accepts whatever a foreign client may send for it (a plain {@link Value} or the decoded
   * form) and is idempotent. Issues are built with {@link typeIssue} and {@link constraintIssue}.
   * Called once per distinct constraints object; the schema is then kept.
   */
  values(constraints: C): z.ZodType<V>;

  /** Gives the stored form of a value that {@link values} let through; exact, and copies what could change later. */
  encode(value: V): Payload;

  /** Reads a stored form back; throws a `TypeError` for a payload that `encode` never produces. */
  decode(payload: Payload): V;

  /** Says whether two values are the same to a program; `NaN` equals itself. */
  equals(a: V, b: V): boolean;

  /** What an optimizer may search, or `undefined` where the constraints leave no finite region. */
  space(constraints: C): Space | undefined;
}

/**
 * A type of whatever values and constraints. A type's methods take their own V and C, so that a registry of different types
 * forgets both; only code that passes a type what the same type returned may call through this alias.
 */
// biome-ignore lint/suspicious/noExplicitAny: existential type, see above
export type AnyVariableType = VariableType<any, any>;

/** A variable as a program declares it: its type, constraints and what to register where it does not exist yet. */
export interface VariableDeclaration<V = unknown> {
  readonly type: VariableType<V>;
  readonly constraints: ValueRecord;
  /** The value to register where the session has no such variable; without it the variable must exist. */
  readonly default?: V;
  readonly description?: string;
  readonly metadata?: ValueRecord;
  readonly readOnly?: boolean;
  /** Registers it as one whose values are left out of errors, and of what those without read access are shown. */
  readonly sensitive?: boolean;
  /** Who else may do what with it, from when it is registered. */
  readonly accessRules?: readonly AccessRuleSpec[];
  /** Makes the variable a derived one where it is registered; it then needs no default. */
  readonly derivation?: Derivation;
  /** Variables that it depends on, beside those that its expression names. */
  readonly dependencies?: readonly string[];
}

/** The value type of a declaration: `ValueOf<typeof temperature>` is `number`. */
export type ValueOf<D> = D extends VariableDeclaration<infer V> ? V : never;

/** The variables that a program works with, by the key it knows them under. */
export type Declarations = Readonly<Record<string, VariableDeclaration>>;

/** The values of declared variables, each of its own type. */
export type ValuesOf<D extends Declarations> = { readonly [K in keyof D & string]: ValueOf<D[K]> };

/** What a declaration says beside its constraints. */
export interface DeclarationOptions<V> {
  /** The value to register where the session has no such variable; without it the variable must exist. */
  default?: V;
  description?: string;
  /** At most 64 KiB. */
  metadata?: ValueRecord;
  /** The value, and what surrounds it, can never be written again. */
  readOnly?: boolean;
  /** Leave its values out of errors, and of what those without read access are shown; for good. */
  sensitive?: boolean;
  /** Who else may do what with it; nobody unless given. Where the variable exists, its own rules stay as they are. */
  accessRules?: readonly AccessRuleSpec[];
  /** How the value follows from other variables: a CEL expression, or what says so at length. */
  derivation?: string | Derivation;
  /** Variables that it depends on, by id or name, beside those that its expression names. */
  dependencies?: readonly string[];
}

/** What {@link typeIssue} and {@link constraintIssue} put into a zod issue, for the decider to read back. */
export type ValueIssue =
  | { readonly reason: "validation_failed"; readonly value?: Value }
  | {
      readonly reason: "constraint_violation";
      readonly constraint: string;
      readonly limit: Value;
      readonly value?: Value;
    };

// An alias and not an interface: zod's list of issues wants the implicit index signature.
type CustomIssue = {
  code: "custom";
  message: string;
  input: unknown;
  params: { trimtab: ValueIssue };
};

/** An issue for a value that is not of the type at all, for instance "must be a number". */
export const typeIssue = (message: string, input: unknown, value?: Value): CustomIssue => ({
  code: "custom",
  message,
  input,
  params: { trimtab: { reason: "validation_failed", ...(value !== undefined && { value }) } },
});

/** An issue for a value of the type that breaks one constraint, for instance "value 3 is above maximum 2". */
export const constraintIssue = (
  message: string,
  input: unknown,
  broken: { constraint: string; limit: Value; value?: Value },
): CustomIssue => ({
  code: "custom",
  message,
  input,
  params: { trimtab: { reason: "constraint_violation", ...broken } },
});
