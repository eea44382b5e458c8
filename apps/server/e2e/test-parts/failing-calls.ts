import type { ErrorReason, Store, Value } from "@trimtab/core";
import { LogError, type LogErrorCode } from "@trimtab/log";
import type { HeldLog } from "./held-log.ts";

/** A call that fails and changes nothing; the log is the one that the store writes to. */
export type FailingCall = (store: Store, log: HeldLog) => Promise<unknown>;

/** Makes what the calls fail on; `advance` moves the clock that sessions expire by. */
export async function prepareFailures(store: Store, advance: (ms: number) => void): Promise<void> {
  await store.createSession({ id: "expired", ttlMs: 1000 });
  advance(5000);
  await store.createSession({ id: "s" });
  await store.createSession({ id: "full" });
  await store.registerVariables("s", [
    { name: "temperature", type: "float", value: 0.7, constraints: { min: 0, max: 2, step: 0.1 } },
    { name: "model", type: "choice", value: "gpt-4", constraints: { choices: ["gpt-4", "claude-3"] } },
    { name: "seed", type: "integer", value: 2n ** 60n, readOnly: true },
    { name: "weights", type: "embedding", value: [1, 0], constraints: { dimensions: 2 } },
    { name: "größe", type: "string", value: "ä" },
  ]);
  const specs = Array.from({ length: 10 }, (_, i) => ({ name: `v${i}`, type: "boolean", value: true }));
  await store.registerVariables("full", specs);
  await store.createSession({ id: "derived" });
  await store.registerVariables("derived", [
    { name: "a", type: "float", value: 1 },
    { name: "twice", type: "float", derivation: { kind: "expression", expression: "a * 2.0" } },
  ]);
  await store.setVariable("derived", "a", 2);
  await store.putRule("derived", { name: "small", expression: "twice < 50.0" });
  await store.setLabel("derived", "production", { protected: true });
  await store.putConfigurationSpace("derived", { name: "wide", variables: ["a"] });
}

const spec = { name: "x", type: "float", value: 1 } as const;
const first = (watch: AsyncIterable<unknown>) => watch[Symbol.asyncIterator]().next();
const proto: Record<string, Value> = JSON.parse('{"__proto__": 1}');

const withLogFailing =
  (code: LogErrorCode): FailingCall =>
  async (store, log) => {
    log.failWith(new LogError(code, "the disk says so"));
    return store.setVariable("s", "temperature", 1).finally(() => log.failWith(undefined));
  };

/** Calls that fail, by the reason that they fail for. */
export const failingCalls: { readonly [R in ErrorReason]?: Record<string, FailingCall> } = {
  invalid_argument: {
    "a name with a slash": (store) => store.registerVariable("s", { ...spec, name: "a/b" }),
    "a page too large": (store) => store.listVariables("s", { pageSize: 1001 }),
    "a page token from elsewhere": (store) => store.listSessions({ pageToken: "x" }),
    "a token of no watch": (store) => first(store.watch("s", {}, { after: "x" })),
    "one variable twice": (store) =>
      store.setVariables("s", [
        ["model", "gpt-4"],
        ["var_model_2", "gpt-4"],
      ]),
    "a time to live of nothing": (store) => store.updateSession("s", { ttlMs: 0 }),
    "metadata with __proto__": (store) => store.setVariable("s", "temperature", 1, { metadata: proto }),
  },
  invalid_type: {
    "a type that is not there": (store) => store.registerVariable("s", { ...spec, type: "colour" }),
  },
  invalid_constraints: {
    "a constraint that is not there": (store) => store.registerVariable("s", { ...spec, constraints: { maximum: 1 } }),
    "limits that contradict": (store) => store.registerVariable("s", { ...spec, constraints: { min: 2, max: 1 } }),
  },
  validation_failed: {
    "text for a float": (store) => store.setVariable("s", "temperature", "warm"),
    "a list for a float": (store) => store.setVariable("s", "temperature", [1]),
    "a broken embedding": (store) => store.setVariable("s", "weights", ["a", 1]),
    "a number beyond 2^53": (store) => store.registerVariable("s", { ...spec, type: "integer", value: 2 ** 60 }),
  },
  constraint_violation: {
    "too high": (store) => store.setVariable("s", "temperature", 2.5),
    "off the grid": (store) => store.setVariable("s", "temperature", 0.05),
    "not a number": (store) => store.setVariable("s", "temperature", Number.NaN),
    infinite: (store) => store.setVariable("s", "temperature", Number.NEGATIVE_INFINITY),
    "no choice": (store) => store.setVariable("s", "model", "llama"),
    "another dimension": (store) => store.setVariable("s", "weights", [1, 2, 3]),
    "a big integer": (store) =>
      store.registerVariable("s", { ...spec, type: "integer", value: 2n ** 62n, constraints: { max: 2n ** 61n } }),
    "constraints that the value breaks": (store) =>
      store.updateVariable("s", "temperature", { constraints: { max: 0.1 } }),
    "an atomic batch, with every item's own": (store) =>
      store.setVariables("s", { temperature: 9, model: "gpt-4", nope: 1, seed: 3, größe: 5 }),
  },
  not_found: {
    "a variable": (store) => store.getVariable("s", "nope"),
    "a name beyond ASCII": (store) => store.getVariable("s", 'schlüssel\n"💡"'),
    "a program": (store) => store.getProgram("s", "nope"),
    "a variable to watch": (store) => first(store.watch("s", { refs: ["nope"] })),
    "one of several to delete": (store) => store.deleteVariables("s", ["model", "nope"]),
  },
  already_exists: {
    "a variable": (store) => store.registerVariable("s", { ...spec, name: "model" }),
    "a session": (store) => store.createSession({ id: "s" }),
    "two of one name": (store) => store.registerVariables("s", [spec, spec]),
  },
  session_not_found: {
    "to read": (store) => store.getSession("nope"),
    "to write": (store) => store.setVariable("nope", "x", 1),
    "to watch": (store) => first(store.watch("nope")),
  },
  session_expired: {
    "to read": (store) => store.getVariable("expired", "x"),
    "to watch": (store) => first(store.watch("expired")),
  },
  read_only: { "a write": (store) => store.setVariable("s", "seed", 1) },
  version_mismatch: {
    "a write": (store) => store.setVariable("s", "temperature", 1, { expectedVersion: 4 }),
    "a condition of a batch": (store) =>
      store.setVariables("s", { temperature: 1 }, { expectedVersions: { model: 7 } }),
    "a deletion": (store) => store.deleteVariable("s", "model", { expectedVersion: 1 }),
  },
  limit_exceeded: {
    "a value": (store) => store.setVariable("s", "größe", "x".repeat(5000)),
    metadata: (store) => store.setVariable("s", "temperature", 1, { metadata: { why: "x".repeat(2000) } }),
    "variables of a session": (store) => store.registerVariable("full", spec),
    sessions: (store) => store.createSession({ id: "fourth" }).then(() => store.createSession({ id: "fifth" })),
    "items of a batch": (store) =>
      store.deleteVariables(
        "s",
        Array.from({ length: 21 }, (_, i) => `v${i}`),
      ),
  },
  internal: {
    "a type with a mistake": (store) => store.registerVariable("s", { ...spec, type: "faulty" }),
  },
  invalid_expression: {
    "half an expression": (store) => store.putRule("derived", { name: "r", expression: "a <" }),
    "a filter of none": (store) => first(store.watch("derived", {}, { filter: "new -" })),
  },
  rule_violation: {
    "a write": (store) => store.setVariable("derived", "a", 100),
    "a rule that does not hold": (store) => store.putRule("derived", { name: "r", expression: "a > 100.0" }),
  },
  has_dependents: { "a deletion": (store) => store.deleteVariable("derived", "a") },
  would_create_cycle: {
    "a dependency": (store) => store.addDependency("derived", { variable: "a", dependsOn: "twice" }),
  },
  unmet_dependencies: { "a removal": (store) => store.removeDependency("derived", "twice", "a") },
  cannot_rollback: {
    "what is derived": (store) => store.rollbackVariable("derived", "twice", { kind: "version", version: 0 }),
  },
  version_not_found: {
    "a version to come": (store) => store.getVariableAt("derived", "a", { kind: "version", version: 9 }),
  },
  label_protected: { "a deletion": (store) => store.deleteLabel("derived", "production") },
  revision_mismatch: {
    "a rule": (store) => store.putRule("derived", { name: "small", expression: "a < 5.0" }, { expectedRevision: 0 }),
  },
  unbounded_space: { "a sample": (store) => store.sampleConfigurations("derived", "wide") },
  storage_full: { "a write": withLogFailing("full") },
  storage_read_only: { "a write": withLogFailing("read_only") },
  unavailable: { "a write": withLogFailing("unavailable") },
};
