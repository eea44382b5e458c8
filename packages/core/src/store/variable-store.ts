import type { AccessRuleSpec } from "../access/access-rule.ts";
import type { Origin } from "../origin.ts";
import type { Value, ValueRecord } from "../payload.ts";
import type { StoreError } from "../store-error.ts";
import type { Derivation, Variable } from "../variable.ts";
import type { DependencyView } from "./dependency-store.ts";
import type { Page, PageOptions } from "./page.ts";
import type { DeleteOptions, Receipt, SetOptions, WriteOptions, Written } from "./write.ts";

/** The part of a store that reads and writes variables. */
export interface VariableStore {
  /**
   * Registers a variable. Rejects with `already_exists`, `invalid_type`, `invalid_constraints`,
   * `validation_failed`, `constraint_violation` or `limit_exceeded`; with `not_found` for an unknown dependency, and
   * with `invalid_expression` or `derivation_failed` where a derived variable's first value cannot be computed.
   */
  registerVariable(session: string, spec: VariableSpec, options?: RegisterOptions): Promise<Registered>;
  /**
   * Registers several variables in one commit: all of them or none. They may depend on each other, in whatever order they are given;
   * in a circle rejects with `would_create_cycle`. Two of one name reject with `already_exists`.
   */
  registerVariables(session: string, specs: readonly VariableSpec[], options?: RegisterOptions): Promise<RegisteredAll>;
  /** Reads one variable; rejects with `not_found`. */
  getVariable(session: string, ref: string): Promise<Variable>;
  /**
   * Reads several variables as they were at one revision; unknown ones are listed, not refused. Rejects with `limit_exceeded` for
   * more refs than a session may have variables.
   */
  getVariables(session: string, refs: readonly string[], options?: GetVariablesOptions): Promise<Found>;
  /** Lists variables, oldest first unless asked for in another order. */
  listVariables(session: string, options?: ListVariablesOptions): Promise<VariablePage>;
  /**
   * Sets a value, and recomputes what is derived from it in the same commit. Rejects with `not_found`, `read_only`
   * (which a derived variable is too), `validation_failed`, `constraint_violation`, `version_mismatch`,
   * `rule_violation` or `limit_exceeded`.
   */
  setVariable(session: string, ref: string, value: Value, options?: SetOptions): Promise<Written>;
  /**
   * Sets several values in one commit. Atomic unless told otherwise: then the first refusal rejects the whole with
   * every item's own error in `items`. With `atomic: false` what is valid is written and the rest is reported.
   * Rules are held against the batch as a whole. Two refs that mean one variable reject with `invalid_argument`, and more
   * than 10 000 items, unless limits say otherwise, with `limit_exceeded`.
   */
  setVariables(session: string, updates: Updates, options?: BatchOptions): Promise<BatchWritten>;
  /**
   * Changes what surrounds a value: description, metadata, constraints. Its version stays. Rejects with `constraint_violation`
   * where new constraints do not admit the present value, and with `not_found`, `read_only`, `version_mismatch`,
   * `invalid_constraints`, `invalid_argument` or `limit_exceeded`.
   */
  updateVariable(session: string, ref: string, changes: VariableChanges, options?: SetOptions): Promise<Variable>;
  /**
   * Deletes a variable; rejects with `not_found` unless `allowMissing`, and with `has_dependents` where another
   * variable depends on it or a rule names it, unless `cascade`, which deletes those too.
   */
  deleteVariable(session: string, ref: string, options?: DeleteVariableOptions): Promise<Receipt>;
  /** Deletes several variables in one commit: all of them or none. */
  deleteVariables(session: string, refs: readonly string[], options?: DeleteVariableOptions): Promise<Receipt>;
}

/** Receipt of one registration. */
export interface Registered extends Receipt {
  readonly variable: Variable;
}

/** Receipt of a batch registration: ids by name. */
export interface RegisteredAll extends Receipt {
  readonly ids: ReadonlyMap<string, string>;
}

/** Receipt of a batch of values, keyed by the ref that was sent. */
export interface BatchWritten extends Receipt {
  readonly applied: ReadonlyMap<string, Written>;
  /** Empty where the batch was atomic. */
  readonly refused: ReadonlyMap<string, StoreError>;
}

/** What to read of several variables, beside what they are. */
export interface GetVariablesOptions {
  /** `false` leaves each variable's metadata out. */
  readonly includeMetadata?: boolean;
  /** Adds what each variable depends on. */
  readonly includeDependencies?: boolean;
}

/** Variables read together, keyed by the ref that was sent. */
export interface Found {
  readonly revision: number;
  readonly found: ReadonlyMap<string, Variable>;
  /** Refs that name nothing, in the order they were sent. */
  readonly missing: readonly string[];
  /** Where asked for: each variable's own dependencies, oldest first, by the ref that was sent. */
  readonly dependencies?: ReadonlyMap<string, readonly DependencyView[]>;
}

/** One page of variables, all as they were at `revision`. */
export interface VariablePage extends Page<Variable> {
  readonly revision: number;
}

/**
 * The orders in which variables are listed: by their registration, by name (by UTF-16 code units), and those that were changed
 * last first. What changes while pages are read in the last order may be seen twice, or not on those that follow.
 */
export const variableOrders = ["created", "name", "updated"] as const;

/** One of {@link variableOrders}. */
export type VariableOrder = (typeof variableOrders)[number];

/** Which variables to list, and what of them. */
export interface ListVariablesOptions extends PageOptions {
  /** A glob over names: `*` stands for any run of characters, everything else for itself. */
  readonly pattern?: string;
  /** Only variables of this type. */
  readonly type?: string;
  /** Only variables that were last written from this runtime. */
  readonly origin?: Origin;
  /** Only variables whose metadata has all of these entries. */
  readonly metadata?: ValueRecord;
  /** `false` leaves each variable's metadata out. */
  readonly includeMetadata?: boolean;
  /** `created` unless given. A page token belongs to the order that it was given out in. */
  readonly orderBy?: VariableOrder;
}

/** How a batch is written. */
export interface BatchOptions extends WriteOptions {
  /** All or nothing; `true` unless given. `false` is the `allow_partial` of the network API. */
  readonly atomic?: boolean;
  /**
   * Versions that must hold, by ref; a ref that is not among the updates is a condition on its own: where it does not hold nothing is
   * written, atomic or not.
   */
  readonly expectedVersions?: Readonly<Record<string, number>>;
}

/** How a variable is registered. */
export interface RegisterOptions extends WriteOptions {
  /** What to do where the name is taken: refuse (the default), or keep the variable, `already_exists` where its type is another. */
  readonly ifExists?: "refuse" | "keep";
}

/** What a variable is registered with. */
export interface VariableSpec {
  /** Unique in its session; 1 to 255 characters without control characters or `/`. */
  readonly name: string;
  readonly type: string;
  /** A derived variable may go without; where it has one, that stands in until a value can be computed. */
  readonly value?: Value;
  /** What its values are held to, in its type's words; none unless given. At most 64 KiB unless limits say otherwise. */
  readonly constraints?: ValueRecord;
  /** At most 16 384 characters unless limits say otherwise. */
  readonly description?: string;
  /** At most 64 KiB unless limits say otherwise. */
  readonly metadata?: ValueRecord;
  /** The value, and what surrounds it, can never be written again. Only the session that it belongs to may delete it. */
  readonly readOnly?: boolean;
  /** Leave its values out of errors, and of what those without read access are shown; for good. */
  readonly sensitive?: boolean;
  /** Who else may do what with it; nobody unless given. */
  readonly accessRules?: readonly AccessRuleSpec[];
  /** Variables that this one depends on, by id or name; those that its expression names are added by themselves. */
  readonly dependencies?: readonly string[];
  /** Makes the variable a derived one. */
  readonly derivation?: Derivation;
}

/** What of a variable to change beside its value; what is left out stays. */
export interface VariableChanges {
  readonly description?: string;
  /** Replaces the metadata. */
  readonly metadata?: ValueRecord;
  /** Replaces the constraints. */
  readonly constraints?: ValueRecord;
}

/** New values by ref. A `Map` or entries keep any ref; a plain object serves most. */
export type Updates = Readonly<Record<string, Value>> | Iterable<readonly [string, Value]>;

/** How a variable is deleted. */
export interface DeleteVariableOptions extends DeleteOptions {
  /** Delete the variables that depend on it, however far, and the rules that name any of them. */
  readonly cascade?: boolean;
}
