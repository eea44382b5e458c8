import type { Client } from "@connectrpc/connect";
import type { ListDependenciesOptions, Store } from "@trimtab/core";
import {
  encodeFlag,
  encodeText,
  fromUint64,
  fromWireDependency,
  fromWireItems,
  fromWireVariable,
  toWireDependencyKind,
  toWireDependencySpec,
  toWireDerivation,
} from "@trimtab/wire";
import type { DependencyService } from "@trimtab/wire/services";
import { readApplied, readPage, readReceipt } from "./answers.ts";
import { encodeExpected, encodeFilter, encodePage, encodeRef } from "./arguments.ts";
import type { Caller } from "./caller.ts";

type Edits = Pick<Store, "addDependency" | "addDependencies" | "removeDependency">;
type Listings = Pick<Store, "listDependencies" | "listDependents">;
type Derivations = Pick<Store, "setDerivation" | "clearDerivation" | "recomputeVariables">;

/** The part of a store that deals with what follows from what, over a transport. */
export const createDependencyCalls = (
  client: Client<typeof DependencyService>,
  caller: Caller,
): Edits & Listings & Derivations => ({
  ...createEdits(client, caller),
  ...createListings(client, caller),
  ...createDerivations(client, caller),
});

const createEdits = (client: Client<typeof DependencyService>, { call, context }: Caller): Edits => ({
  addDependency: (session, spec, options) =>
    call(
      (to) => {
        const what = { sessionId: encodeText(session, "session"), spec: toWireDependencySpec(spec) };
        return client.addDependency({ ...what, context: context(options) }, to);
      },
      (answer) => ({
        ...readReceipt(session, answer, spec.variable),
        dependency: fromWireDependency(answer.dependency),
      }),
    ),
  addDependencies: (session, specs, options) =>
    call(
      (to) => {
        const what = { sessionId: encodeText(session, "session"), specs: specs.map(toWireDependencySpec) };
        return client.batchAddDependencies({ ...what, context: context(options) }, to);
      },
      (answer) => ({
        ...readReceipt(session, answer, specs[0]?.variable),
        dependencies: answer.dependencies.map((each, index) => fromWireDependency(each, `dependencies[${index}]`)),
      }),
    ),
  removeDependency: (session, variable, dependsOn, options = {}) =>
    call(
      (to) =>
        client.removeDependency(
          {
            ...encodeRef(session, variable),
            dependsOn: encodeText(dependsOn, "dependsOn"),
            allowMissing: encodeFlag(options.allowMissing, "allowMissing"),
            context: context(options),
          },
          to,
        ),
      (answer) => readReceipt(session, answer, variable),
    ),
});

const createListings = (client: Client<typeof DependencyService>, { call }: Caller): Listings => ({
  listDependencies: (session, ref, options = {}) =>
    call(
      (to) => {
        const variable = encodeFilter(ref, "ref");
        return client.listDependencies(
          { sessionId: encodeText(session, "session"), variable, ...encodeListing(options) },
          to,
        );
      },
      (answer) => ({
        ...readPage(answer.dependencies, answer, fromWireDependency),
        revision: fromUint64(answer.revision, "revision"),
      }),
    ),
  listDependents: (session, ref, options = {}) =>
    call(
      (to) => client.listDependents({ ...encodeRef(session, ref), ...encodeListing(options) }, to),
      (answer) => ({
        ...readPage(answer.dependents, answer, fromWireDependency),
        revision: fromUint64(answer.revision, "revision"),
      }),
    ),
});

const encodeListing = (options: ListDependenciesOptions) => ({
  ...encodePage(options),
  includeTransitive: encodeFlag(options.transitive, "transitive"),
  kinds: (options.kinds ?? []).map(toWireDependencyKind),
});

const createDerivations = (client: Client<typeof DependencyService>, { call, context }: Caller): Derivations => ({
  setDerivation: (session, ref, derivation, options = {}) =>
    call(
      (to) =>
        client.setDerivation(
          {
            ...encodeRef(session, ref),
            derivation: toWireDerivation(derivation),
            dependencies: (options.dependencies ?? []).map((each) => encodeText(each, "dependencies")),
            ...encodeExpected(options),
            context: context(options),
          },
          to,
        ),
      (answer) => ({ ...readReceipt(session, answer, ref), variable: fromWireVariable(answer.variable) }),
    ),
  clearDerivation: (session, ref, options = {}) =>
    call(
      (to) =>
        client.clearDerivation(
          {
            ...encodeRef(session, ref),
            removeDependencies: encodeFlag(options.removeDependencies, "removeDependencies"),
            ...encodeExpected(options),
            context: context(options),
          },
          to,
        ),
      (answer) => ({ ...readReceipt(session, answer, ref), variable: fromWireVariable(answer.variable) }),
    ),
  recomputeVariables: (session, refs = [], options = {}) =>
    call(
      (to) => {
        const variables = refs.map((ref) => encodeText(ref, "refs"));
        return client.recomputeVariables(
          { sessionId: encodeText(session, "session"), variables, context: context(options) },
          to,
        );
      },
      (answer) => {
        const receipt = readReceipt(session, answer, refs[0]);
        return { ...receipt, applied: readApplied(answer.applied, receipt), failed: fromWireItems(answer.failed) };
      },
    ),
});
