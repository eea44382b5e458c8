// One table of what every method of `Store` takes. Whatever puts a store in front of callers checks by it, so that all refuse the same.

import { accessPermissions } from "../access/access-rule.ts";
import type { ConfigurationSpace } from "../configuration-space/configuration-space.ts";
import { dependencyKinds } from "../dependency/dependency.ts";
import type { Rule } from "../rule/rule.ts";
import type { SupposedCaller } from "../store/access-store.ts";
import type { SpaceSpec } from "../store/configuration-space-store.ts";
import type { DependencySpec, DependencyView } from "../store/dependency-store.ts";
import type { RuleSpec } from "../store/rule-store.ts";
import type { VariableSpec } from "../store/variable-store.ts";
import type { Store } from "../store.ts";
import type { Variable } from "../variable.ts";
import { historyArguments } from "./history-arguments.ts";
import {
  anything,
  type CallArguments,
  entries,
  filled,
  flag,
  list,
  number,
  object,
  oneOf,
  optional,
  options,
  type ReadBeside,
  recordOf,
  signal,
  text,
  values,
  whole,
} from "./kind.ts";
import { optimizationArguments } from "./optimization-arguments.ts";
import {
  accessRules,
  creation,
  deletion,
  derivation,
  name,
  namedRefs,
  page,
  point,
  ref,
  refs,
  selection,
  session,
  set,
  write,
} from "./shared-kinds.ts";
import { transferArguments } from "./transfer-arguments.ts";

const variableRead: ReadBeside<Variable, VariableSpec> = {
  id: true,
  payload: true,
  version: true,
  revision: true,
  createdAtMs: true,
  updatedAtMs: true,
  updatedBy: true,
  origin: true,
  stale: true,
  permissions: true,
};
const spec = object<VariableSpec>(
  {
    name: text,
    type: text,
    value: anything,
    constraints: optional(values),
    description: optional(text),
    metadata: optional(values),
    readOnly: optional(flag),
    sensitive: optional(flag),
    accessRules: optional(accessRules),
    dependencies: optional(list(filled)),
    derivation: optional(derivation),
  },
  variableRead,
);
const registration = options({ ...write, ifExists: oneOf(["refuse", "keep"]) });
const removal = options({ ...deletion, cascade: flag });
const dependencyRead: ReadBeside<DependencyView, DependencySpec> = {
  createdAtMs: true,
  revision: true,
  variableName: true,
  dependsOnName: true,
  depth: true,
};
const dependency = object<DependencySpec>(
  { variable: filled, dependsOn: filled, kind: optional(text), metadata: optional(values) },
  dependencyRead,
);
const ruleRead: ReadBeside<Rule, RuleSpec> = {
  variables: true,
  createdAtMs: true,
  updatedAtMs: true,
  updatedBy: true,
  revision: true,
};
const rule = object<RuleSpec>(
  {
    name: text,
    expression: text,
    message: optional(text),
    description: optional(text),
    disabled: optional(flag),
  },
  ruleRead,
);
const spaceRead: ReadBeside<ConfigurationSpace, SpaceSpec> = {
  version: true,
  createdAtMs: true,
  updatedAtMs: true,
  revision: true,
};
const space = object<SpaceSpec>(
  { name: text, variables: list(text), description: optional(text), metadata: optional(values) },
  spaceRead,
);
const dependencyListing = options({ ...page, transitive: flag, kinds: list(oneOf(dependencyKinds)) });
const rules = ["rules", accessRules] as const;
const permissionSetting = options({ ...write, expectedRevision: whole });
const supposed = options<SupposedCaller>({ principal: text, attributes: values, roles: list(text) });

/** What the arguments of a store's methods are. */
export const storeArguments: CallArguments<Store> = {
  createSession: [["options", options(creation)]],
  getSession: [session],
  listSessions: [["options", options({ ...page, pattern: filled })]],
  updateSession: [
    session,
    ["changes", object({ metadata: optional(values), ttlMs: optional(number) })],
    ["options", options(write)],
  ],
  touchSession: [session],
  deleteSession: [session, ["options", options(deletion)]],

  registerVariable: [session, ["spec", spec], ["options", registration]],
  registerVariables: [session, ["specs", list(spec)], ["options", registration]],
  getVariable: [session, ref],
  getVariables: [session, refs, ["options", options({ includeMetadata: flag, includeDependencies: flag })]],
  listVariables: [
    session,
    [
      "options",
      options({
        ...page,
        pattern: filled,
        type: filled,
        origin: text,
        metadata: values,
        includeMetadata: flag,
        orderBy: text,
      }),
    ],
  ],
  setVariable: [session, ref, ["value", anything], ["options", options(set)]],
  setVariables: [
    session,
    ["updates", entries],
    ["options", options({ ...write, atomic: flag, expectedVersions: recordOf(whole) })],
  ],
  updateVariable: [
    session,
    ref,
    ["changes", object({ description: optional(text), metadata: optional(values), constraints: optional(values) })],
    ["options", options(set)],
  ],
  deleteVariable: [session, ref, ["options", removal]],
  deleteVariables: [session, namedRefs, ["options", removal]],

  putProgram: [session, ["id", filled], ["body", values], ["options", options(write)]],
  getProgram: [session, ["id", filled]],
  listPrograms: [session, ["options", options(page)]],
  deleteProgram: [session, ["id", filled], ["options", options(deletion)]],

  watch: [
    session,
    selection,
    [
      "options",
      options({
        after: filled,
        initialValues: flag,
        coalesce: flag,
        oldValues: flag,
        filter: filled,
        distinct: flag,
        sessionPermissions: flag,
        signal,
      }),
    ],
  ],

  addDependency: [session, ["spec", dependency], ["options", options(write)]],
  addDependencies: [session, ["specs", list(dependency)], ["options", options(write)]],
  removeDependency: [
    session,
    ["variable", filled],
    ["dependsOn", filled],
    ["options", options({ ...write, allowMissing: flag })],
  ],
  listDependencies: [session, ["ref", optional(filled)], ["options", dependencyListing]],
  listDependents: [session, ref, ["options", dependencyListing]],
  setDerivation: [session, ref, ["derivation", derivation], ["options", options({ ...set, dependencies: list(text) })]],
  clearDerivation: [session, ref, ["options", options({ ...set, removeDependencies: flag })]],
  recomputeVariables: [session, ["refs", optional(list(filled))], ["options", options(write)]],

  putRule: [session, ["rule", rule], ["options", options({ ...write, allowViolated: flag, expectedRevision: whole })]],
  getRule: [session, name],
  listRules: [session, ["options", options({ ...page, variable: filled })]],
  deleteRule: [session, name, ["options", options(deletion)]],
  validateRule: [session, ["expression", text]],
  checkRules: [session, ["options", options({ updates: entries, rules: list(text) })]],

  putConfigurationSpace: [session, ["space", space], ["options", options(set)]],
  getConfigurationSpace: [session, name],
  listConfigurationSpaces: [session, ["options", options({ ...page, pattern: filled })]],
  deleteConfigurationSpace: [session, name, ["options", options(deletion)]],
  getConfiguration: [session, name],
  applyConfiguration: [
    session,
    name,
    ["values", entries],
    ["options", options({ ...write, allowIncomplete: flag, expectedVersion: whole, validateOnly: flag })],
  ],
  sampleConfigurations: [session, name, ["options", options({ count: number, seed: number })]],
  ...historyArguments,
  ...optimizationArguments,
  ...transferArguments,

  setVariablePermissions: [session, ref, rules, ["options", permissionSetting]],
  getVariablePermissions: [session, ref, ["options", options({ at: point })]],
  setSessionPermissions: [session, rules, ["options", permissionSetting]],
  getSessionPermissions: [session, ["options", options({ at: point })]],
  checkAccess: [session, ref, ["permission", text]],
  checkAccesses: [session, ["questions", list(object({ ref: filled, permission: oneOf(accessPermissions) }))]],
  listAccessible: [
    session,
    ["options", options({ ...page, permission: oneOf(accessPermissions), ownerPattern: filled, pattern: filled })],
  ],
  explainAccess: [
    session,
    ref,
    ["question", object({ permission: oneOf(accessPermissions), subject: filled, caller: supposed })],
  ],
};
