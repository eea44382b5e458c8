import type { DependencySpec, Permission, Store } from "@trimtab/core";
import type { ForeignCalls, Route } from "./foreign-calls.ts";
import { asReadable } from "./guarded-variables.ts";

type GuardedDependencies = Pick<
  Store,
  | "addDependency"
  | "addDependencies"
  | "removeDependency"
  | "listDependencies"
  | "listDependents"
  | "setDerivation"
  | "clearDerivation"
  | "recomputeVariables"
>;

/** What a write between variables finds: what it may write, and what it may read for that. */
const writing: readonly Permission[] = ["write", "read"];

/** What is between variables, one's own and those of another session. */
export const createGuardedDependencies = (calls: ForeignCalls): GuardedDependencies => ({
  ...createEdges(calls),
  ...createDerivations(calls),
});

const stripSpec = ({ strip }: Route, spec: DependencySpec): DependencySpec => ({
  ...spec,
  variable: strip(spec.variable),
  dependsOn: strip(spec.dependsOn),
});

type Edges = "addDependency" | "addDependencies" | "removeDependency" | "listDependencies" | "listDependents";

const createEdges = ({ route }: ForeignCalls): Pick<GuardedDependencies, Edges> => ({
  addDependency: (session, spec, options) =>
    route({ session, refs: [spec.variable, spec.dependsOn], permissions: writing }, (to) =>
      to.store.addDependency(to.session, stripSpec(to, spec), options),
    ),
  addDependencies(session, specs, options) {
    const refs = specs.flatMap(({ variable, dependsOn }) => [variable, dependsOn]);
    return route({ session, refs, permissions: writing }, (to) =>
      to.store.addDependencies(
        to.session,
        specs.map((spec) => stripSpec(to, spec)),
        options,
      ),
    );
  },
  removeDependency: (session, variable, dependsOn, options) =>
    route({ session, refs: [variable, dependsOn], permissions: writing }, (to) =>
      to.store.removeDependency(to.session, to.strip(variable), to.strip(dependsOn), options),
    ),
  listDependencies: (session, ref, options) =>
    route({ session, refs: ref === undefined ? [] : [ref], permissions: ["read"] }, (to) =>
      to.store.listDependencies(to.session, ref === undefined ? undefined : to.strip(ref), options),
    ),
  listDependents: (session, ref, options) =>
    route({ session, refs: [ref], permissions: ["read"] }, (to) =>
      to.store.listDependents(to.session, to.strip(ref), options),
    ),
});

const createDerivations = ({ route }: ForeignCalls): Omit<GuardedDependencies, Edges> => ({
  setDerivation(session, ref, derivation, options = {}) {
    const { dependencies = [] } = options;
    return route({ session, refs: [ref, ...dependencies], permissions: writing }, async (to) => {
      const given = { ...options, dependencies: dependencies.map(to.strip) };
      const { variable, ...receipt } = await to.store.setDerivation(to.session, to.strip(ref), derivation, given);
      return { ...receipt, variable: await asReadable(to, variable) };
    });
  },
  clearDerivation: (session, ref, options) =>
    route({ session, refs: [ref], permissions: writing }, async (to) => {
      const { variable, ...receipt } = await to.store.clearDerivation(to.session, to.strip(ref), options);
      return { ...receipt, variable: await asReadable(to, variable) };
    }),
  recomputeVariables: (session, refs = [], options) =>
    route({ session, refs, permissions: writing }, (to) =>
      to.store.recomputeVariables(to.session, refs.map(to.strip), options),
    ),
});
