import type { Dependency, DependencyKind } from "../dependency/dependency.ts";
import type { ValueRecord } from "../payload.ts";
import type { StoreError } from "../store-error.ts";
import type { Derivation, Variable } from "../variable.ts";
import type { Page, PageOptions } from "./page.ts";
import type { Receipt, SetOptions, WriteOptions, Written } from "./write.ts";

/** The part of a store that deals with what follows from what. */
export interface DependencyStore {
  /**
   * Makes one variable depend on another; where it does already, kind and metadata are replaced, and where these are the
   * same, nothing changes. Rejects with `not_found`, with `would_create_cycle` naming the cycle, with `unmet_dependencies`
   * where the variable's derivation needs it to be of kind `data`, and with `limit_exceeded` beyond the limits on edges and
   * depth.
   */
  addDependency(session: string, spec: DependencySpec, options?: WriteOptions): Promise<DependencyAdded>;
  /** Adds several dependencies in one commit: all of them or none. */
  addDependencies(
    session: string,
    specs: readonly DependencySpec[],
    options?: WriteOptions,
  ): Promise<DependenciesAdded>;
  /** Removes a dependency; rejects with `not_found`, and with `unmet_dependencies` where the variable's derivation needs it. */
  removeDependency(
    session: string,
    variable: string,
    dependsOn: string,
    options?: RemoveDependencyOptions,
  ): Promise<Receipt>;
  /** Lists what a variable depends on, nearest first; every dependency of the session, oldest first, without a ref. */
  listDependencies(session: string, ref?: string, options?: ListDependenciesOptions): Promise<DependencyPage>;
  /** Lists what depends on a variable, nearest first. */
  listDependents(session: string, ref: string, options?: ListDependenciesOptions): Promise<DependencyPage>;
  /**
   * Makes a variable a derived one, or derives it in another way, and computes its value in the same commit. Variables
   * that an expression names become dependencies. Rejects with `invalid_expression`, with `derivation_failed` or the
   * type's own refusal where no value comes of it, with `read_only`, with `invalid_argument` for a function that is not known here,
   * and as {@link addDependency} does.
   */
  setDerivation(
    session: string,
    ref: string,
    derivation: Derivation,
    options?: SetDerivationOptions,
  ): Promise<DerivationSet>;
  /** Makes a derived variable an ordinary one that keeps its present value; of an ordinary one it changes nothing. */
  clearDerivation(session: string, ref: string, options?: ClearDerivationOptions): Promise<DerivationSet>;
  /**
   * Computes derived variables again: these, or every stale one where none is named. Rejects with `invalid_argument` for one that
   * is not derived. They come to depend on what their
   * expressions speak of and was not there when they were imported.
   */
  recomputeVariables(session: string, refs?: readonly string[], options?: WriteOptions): Promise<Recomputed>;
}

/** A dependency to add. */
export interface DependencySpec {
  /** The variable that depends: id or name. */
  readonly variable: string;
  /** The variable that it depends on: id or name. */
  readonly dependsOn: string;
  /** `data` unless given. */
  readonly kind?: DependencyKind;
  readonly metadata?: ValueRecord;
}

/** A dependency as callers see it. */
export interface DependencyView extends Dependency {
  readonly variableName: string;
  readonly dependsOnName: string;
  /** Steps from the variable that was asked for, 1 for its own; 0 where the whole session was asked for. */
  readonly depth: number;
}

/** Receipt of one dependency. */
export interface DependencyAdded extends Receipt {
  readonly dependency: DependencyView;
}

/** Receipt of several dependencies, all of one commit. */
export interface DependenciesAdded extends Receipt {
  /** In the order they were given. */
  readonly dependencies: readonly DependencyView[];
}

/** How a dependency is removed. */
export interface RemoveDependencyOptions extends WriteOptions {
  /** Removing what is not there succeeds. */
  readonly allowMissing?: boolean;
}

/** Which dependencies to list. */
export interface ListDependenciesOptions extends PageOptions {
  /** Follow the dependencies of dependencies too. */
  readonly transitive?: boolean;
  /** Only these kinds. */
  readonly kinds?: readonly DependencyKind[];
}

/** One page of dependencies, all as they were at `revision`. */
export interface DependencyPage extends Page<DependencyView> {
  readonly revision: number;
}

/** How a variable is made a derived one. */
export interface SetDerivationOptions extends SetOptions {
  /** Variables to depend on, beside those that it depends on already and those that an expression names. */
  readonly dependencies?: readonly string[];
}

/** How a derived variable is made an ordinary one. */
export interface ClearDerivationOptions extends SetOptions {
  /** Remove its dependencies too. */
  readonly removeDependencies?: boolean;
}

/** Receipt of a derivation that was set or cleared, with the variable as it is now. */
export interface DerivationSet extends Receipt {
  readonly variable: Variable;
}

/** What computing again has led to. */
export interface Recomputed extends Receipt {
  /** What was written, by variable id, dependents included. */
  readonly applied: ReadonlyMap<string, Written>;
  /** Why each of the rest is stale, by variable id. */
  readonly failed: ReadonlyMap<string, StoreError>;
}
