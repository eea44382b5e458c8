// A call of every method of `Store` whose arguments are of the right kind: what the suites of arguments replace one by one.

import type { Store } from "../../index.ts";
import { by, page, point } from "./call-parts.ts";
import { transferCalls } from "./transfer-calls.ts";

const rule = {
  id: "r",
  sessionPattern: "*",
  permissions: ["read"],
  conditions: {},
  when: "",
  expiresAtMs: undefined,
  priority: 0,
  effect: "allow",
  description: "",
};

/** Arguments that the methods of a store take, of a session `s` with a float `x`, or refuse for what they say and not for what they are. */
export const storeCalls: { readonly [M in keyof Store]: readonly unknown[] } = {
  createSession: [{ ...by, id: "t", ttlMs: 60_000, ifExists: "keep" }],
  getSession: ["s"],
  listSessions: [{ ...page, pattern: "*" }],
  updateSession: ["s", { metadata: {}, ttlMs: 3_600_000 }, by],
  touchSession: ["s"],
  deleteSession: ["gone", { ...by, allowMissing: true, expectedVersion: undefined }],
  registerVariable: [
    "s",
    {
      name: "y",
      type: "float",
      value: 1,
      constraints: { min: 0 },
      description: "",
      metadata: {},
      readOnly: false,
      sensitive: false,
      accessRules: [rule],
      dependencies: ["x"],
      derivation: { kind: "expression", expression: "x + 1.0", name: undefined },
    },
    { ...by, ifExists: "keep" },
  ],
  registerVariables: ["s", [{ name: "z", type: "float", value: 1 }], { ...by, ifExists: "keep" }],
  getVariable: ["s", "x"],
  getVariables: ["s", ["x"], { includeMetadata: true, includeDependencies: true }],
  listVariables: [
    "s",
    {
      ...page,
      pattern: "*",
      type: "float",
      origin: "typescript",
      metadata: {},
      includeMetadata: true,
      orderBy: "name",
    },
  ],
  setVariable: ["s", "x", 1, { ...by, expectedVersion: undefined }],
  setVariables: ["s", { x: 1 }, { ...by, atomic: true, expectedVersions: {} }],
  updateVariable: [
    "s",
    "x",
    { description: "", metadata: {}, constraints: { min: 0 } },
    { ...by, expectedVersion: undefined },
  ],
  deleteVariable: ["s", "gone", { ...by, allowMissing: true, cascade: false, expectedVersion: undefined }],
  deleteVariables: ["s", ["gone"], { ...by, allowMissing: true, cascade: false, expectedVersion: undefined }],
  putProgram: ["s", "p", { a: 1 }, by],
  getProgram: ["s", "p"],
  listPrograms: ["s", page],
  deleteProgram: ["s", "p", { ...by, allowMissing: true, expectedVersion: undefined }],
  watch: [
    "s",
    { refs: ["x"], pattern: "*" },
    {
      after: undefined,
      initialValues: true,
      coalesce: false,
      oldValues: true,
      filter: "new > 1.0",
      distinct: true,
      sessionPermissions: false,
      signal: AbortSignal.abort(),
    },
  ],
  addDependency: ["s", { variable: "x", dependsOn: "w", kind: "data", metadata: {} }, by],
  addDependencies: ["s", [{ variable: "x", dependsOn: "w", kind: "data", metadata: {} }], by],
  removeDependency: ["s", "x", "w", { ...by, allowMissing: true }],
  listDependencies: ["s", "x", { ...page, transitive: true, kinds: ["data"] }],
  listDependents: ["s", "x", { ...page, transitive: true, kinds: ["data"] }],
  setDerivation: [
    "s",
    "d",
    { kind: "expression", expression: "w + 1.0", name: undefined },
    { ...by, expectedVersion: undefined, dependencies: ["w"] },
  ],
  clearDerivation: ["s", "d", { ...by, expectedVersion: undefined, removeDependencies: true }],
  recomputeVariables: ["s", ["d"], by],
  putRule: [
    "s",
    { name: "r", expression: "w < 1000.0", message: "", description: "", disabled: true },
    { ...by, allowViolated: true, expectedRevision: undefined },
  ],
  getRule: ["s", "r"],
  listRules: ["s", { ...page, variable: "w" }],
  deleteRule: ["s", "r", { ...by, allowMissing: true, expectedVersion: undefined }],
  validateRule: ["s", "w < 3.0"],
  checkRules: ["s", { updates: { w: 1 }, rules: ["r"] }],
  putConfigurationSpace: [
    "s",
    { name: "c", variables: ["w"], description: "", metadata: {} },
    { ...by, expectedVersion: undefined },
  ],
  getConfigurationSpace: ["s", "c"],
  listConfigurationSpaces: ["s", { ...page, pattern: "*" }],
  deleteConfigurationSpace: ["s", "c", { ...by, allowMissing: true, expectedVersion: undefined }],
  getConfiguration: ["s", "space"],
  applyConfiguration: [
    "s",
    "space",
    { w: 1 },
    { ...by, allowIncomplete: true, expectedVersion: undefined, validateOnly: false },
  ],
  sampleConfigurations: ["s", "space", { count: 2, seed: 1 }],
  listVariableHistory: [
    "s",
    "x",
    { ...page, offset: 0, sinceMs: 0, untilMs: 1, optimizer: "o", optimization: "p", includeMetadata: true },
  ],
  getVariableAt: ["s", "x", { ...point, version: undefined }],
  getSessionAt: ["s", point, { ...page, pattern: "*" }],
  diffRevisions: ["s", { before: point, after: point }, { ...page, pattern: "*" }],
  rollbackVariable: ["s", "x", { ...point, kind: "version", version: 0 }, { ...by, expectedVersion: undefined }],
  rollbackVariables: ["s", [{ ref: "x", version: 0, expectedVersion: undefined }], by],
  rollbackSession: [
    "s",
    point,
    {
      ...by,
      pattern: "x",
      deleteNew: false,
      restoreDeleted: false,
      restoreSurroundings: false,
      restorePermissions: false,
      expectedRevision: undefined,
      validateOnly: true,
    },
  ],
  listCommits: ["s", { ...page, variable: "x", actor: "ada", sinceMs: 0, untilMs: 1, includeValues: true }],
  forkSession: ["s", point, { ...by, id: "f", ttlMs: 60_000, ifExists: "keep" }],
  setLabel: [
    "s",
    "l",
    {
      ...by,
      at: point,
      protected: false,
      description: "",
      overrideProtection: true,
      expectedRevision: undefined,
    },
  ],
  getLabel: ["s", "l"],
  listLabels: ["s", { ...page, pattern: "*" }],
  deleteLabel: ["s", "l", { ...by, allowMissing: true, overrideProtection: true, expectedVersion: undefined }],
  startOptimization: [
    "s",
    ["o"],
    {
      ...by,
      optimizer: "mine",
      config: {},
      objective: { metric: "loss", direction: "minimize" },
      maxIterations: 3,
      convergenceThreshold: 0.1,
      feedbackInterval: 1,
      onConflict: "preempt",
      waitTimeoutMs: 5,
      signal: new AbortController().signal,
      priority: 0,
      leaseTtlMs: 60_000,
    },
  ],
  renewLease: ["s", "optimization", { ...by, fencingToken: 1, leaseTtlMs: 60_000 }],
  reportProgress: [
    "s",
    "optimization",
    { ...by, fencingToken: 1, iteration: 1, values: { o: 1 }, metrics: { loss: 1 } },
  ],
  stopOptimization: [
    "s",
    { kind: "variable", ref: "o", id: undefined },
    { ...by, fencingToken: 1, applyBest: true, force: true, outcome: "completed", cause: "" },
  ],
  getOptimizationStatus: ["s", { kind: "variable", ref: "o", id: undefined }],
  listOptimizations: ["s", { ...page, variable: "o", states: ["running"], optimizer: "mine" }],
  listOptimizationHistory: [
    "s",
    { ...page, variable: "o", optimization: "optimization", optimizer: "mine", sinceMs: 0, untilMs: 1 },
  ],
  setVariablePermissions: ["s", "x", [rule], { ...by, expectedRevision: undefined }],
  getVariablePermissions: ["s", "x", { at: point }],
  setSessionPermissions: ["s", [rule], { ...by, expectedRevision: undefined }],
  getSessionPermissions: ["s", { at: point }],
  checkAccess: ["s", "x", "read"],
  checkAccesses: ["s", [{ ref: "x", permission: "read" }]],
  listAccessible: ["s", { ...page, permission: "read", ownerPattern: "*", pattern: "*" }],
  explainAccess: [
    "s",
    "x",
    { permission: "read", subject: "s", caller: { principal: "ada", attributes: {}, roles: ["r"] } },
  ],
  ...transferCalls,
};

/** Makes the session that {@link storeCalls} speak of. */
export async function prepareStoreCalls(store: Store): Promise<void> {
  await store.createSession({ id: "s" });
  const constraints = { min: 0, max: 1000 };
  const names = ["x", "w", "o"];
  await store.registerVariables(
    "s",
    names.map((name) => ({ name, type: "float", value: 1, constraints })),
  );
  await store.registerVariable("s", { name: "d", type: "float", value: 1 });
  await store.putConfigurationSpace("s", { name: "space", variables: ["w"] });
}

/** What calls change: sessions, and how far each has come. */
export async function stateOf(store: Store): Promise<unknown> {
  const { items } = await store.listSessions();
  return items.map(({ id, revision, ttlMs }) => [id, revision, ttlMs]);
}
