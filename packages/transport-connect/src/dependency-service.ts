import type { ServiceImpl } from "@connectrpc/connect";
import type { ListDependenciesOptions, Store } from "@trimtab/core";
import {
  fromWireContext,
  fromWireDependencyKind,
  fromWireDependencySpec,
  fromWireDerivation,
  present,
  toUint64,
  toWireDependency,
  toWireItems,
  toWireVariable,
  toWireWritten,
} from "@trimtab/wire";
import type { DependencyService, ListDependenciesRequest, ListDependentsRequest } from "@trimtab/wire/services";
import { type Calls, required } from "./calls.ts";
import { toPageOptions } from "./page-options.ts";
import { mapEntries, sessionOf, toExpected } from "./request-parts.ts";

type Methods<Name extends keyof ServiceImpl<typeof DependencyService>> = Pick<
  ServiceImpl<typeof DependencyService>,
  Name
>;

/** Serves what follows from what in a store. */
export const createDependencyService = (store: Store, calls: Calls): ServiceImpl<typeof DependencyService> => ({
  ...edits(store, calls),
  ...listings(store, calls),
  ...derivations(store, calls),
});

const edits = (
  store: Store,
  { unary }: Calls,
): Methods<"addDependency" | "batchAddDependencies" | "removeDependency"> => ({
  addDependency: unary(async (request) => {
    const { dependency, revision } = await store.addDependency(
      sessionOf(request),
      fromWireDependencySpec(request.spec),
      fromWireContext(request.context),
    );
    return { dependency: toWireDependency(dependency), revision: toUint64(revision) };
  }),
  batchAddDependencies: unary(async (request) => {
    const { dependencies, revision } = await store.addDependencies(
      sessionOf(request),
      request.specs.map((spec, index) => fromWireDependencySpec(spec, `specs[${index}]`)),
      fromWireContext(request.context),
    );
    return { dependencies: dependencies.map(toWireDependency), revision: toUint64(revision) };
  }),
  removeDependency: unary(async (request) => {
    const { revision } = await store.removeDependency(
      sessionOf(request),
      required(request.variable, "variable"),
      required(request.dependsOn, "depends_on"),
      { ...fromWireContext(request.context), allowMissing: request.allowMissing },
    );
    return { revision: toUint64(revision) };
  }),
});

const listings = (store: Store, { unary }: Calls): Methods<"listDependencies" | "listDependents"> => ({
  listDependencies: unary(async (request) => {
    const ref = request.variable || undefined;
    const page = await store.listDependencies(sessionOf(request), ref, toListOptions(request));
    return {
      dependencies: page.items.map(toWireDependency),
      nextPageToken: page.nextPageToken ?? "",
      revision: toUint64(page.revision),
    };
  }),
  listDependents: unary(async (request) => {
    const ref = required(request.variable, "variable");
    const page = await store.listDependents(sessionOf(request), ref, toListOptions(request));
    return {
      dependents: page.items.map(toWireDependency),
      nextPageToken: page.nextPageToken ?? "",
      revision: toUint64(page.revision),
    };
  }),
});

const toListOptions = (request: ListDependenciesRequest | ListDependentsRequest): ListDependenciesOptions =>
  toPageOptions(request, {
    transitive: request.includeTransitive,
    kinds: request.kinds.map((kind, index) => fromWireDependencyKind(kind, `kinds[${index}]`)),
  });

const derivations = (
  store: Store,
  { unary }: Calls,
): Methods<"setDerivation" | "clearDerivation" | "recomputeVariables"> => ({
  setDerivation: unary(async (request) => {
    const { variable, revision } = await store.setDerivation(
      sessionOf(request),
      required(request.variable, "variable"),
      fromWireDerivation(request.derivation),
      present({
        ...fromWireContext(request.context),
        dependencies: request.dependencies,
        expectedVersion: toExpected(request.expectedVersion),
      }),
    );
    return { variable: toWireVariable(variable), revision: toUint64(revision) };
  }),
  clearDerivation: unary(async (request) => {
    const { variable, revision } = await store.clearDerivation(
      sessionOf(request),
      required(request.variable, "variable"),
      present({
        ...fromWireContext(request.context),
        removeDependencies: request.removeDependencies,
        expectedVersion: toExpected(request.expectedVersion),
      }),
    );
    return { variable: toWireVariable(variable), revision: toUint64(revision) };
  }),
  recomputeVariables: unary(async (request) => {
    const { applied, failed, revision } = await store.recomputeVariables(
      sessionOf(request),
      request.variables.map((ref, index) => required(ref, `variables[${index}]`)),
      fromWireContext(request.context),
    );
    return {
      applied: mapEntries(applied, toWireWritten),
      failed: toWireItems(failed),
      revision: toUint64(revision),
    };
  }),
});
