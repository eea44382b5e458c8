import { createVariable, isStoreError, type Store, StoreError, type Value } from "@trimtab/core";
import { describe, expect, test } from "vitest";
import { openRemote, sampleSpecs } from "./test-parts/open-remote.ts";

const caught = async (attempt: Promise<unknown>): Promise<StoreError> => {
  const error = await attempt.then(
    () => undefined,
    (reason: unknown) => reason,
  );
  return isStoreError(error) ? error : expect.fail(`expected a StoreError, got ${String(error)}`);
};

const proto: Record<string, Value> = JSON.parse('{"__proto__": 1}');
const spec = { name: "x", type: "float", value: 1 } as const;

const attempts: [string, (store: Store) => Promise<unknown>][] = [
  ["an unknown session", (store) => store.getSession("nope")],
  ["an unknown variable", (store) => store.getVariable("s", "nope")],
  ["an empty session", (store) => store.getSession("")],
  ["an empty variable", (store) => store.getVariable("s", "")],
  ["a write to an empty variable", (store) => store.setVariable("s", "", 1)],
  ["an empty variable that may be missing", (store) => store.deleteVariable("s", "", { allowMissing: true })],
  ["an empty variable among some", (store) => store.recomputeVariables("s", ["temperature", ""])],
  ["an empty name of a rule", (store) => store.getRule("s", "")],
  ["an empty pattern", (store) => store.listVariables("s", { pattern: "" })],
  ["a pattern that no name can match", (store) => store.listVariables("s", { pattern: "s/*" })],
  ["sessions that none can be called", (store) => store.listSessions({ pattern: "a/*" })],
  ["an empty optimization", (store) => store.renewLease("s", "", { fencingToken: 1 })],
  ["a name taken", (store) => store.registerVariable("s", sampleSpecs[0])],
  ["an unknown type", (store) => store.registerVariable("s", { ...spec, type: "colour" })],
  ["no value", (store) => store.registerVariable("s", { name: "x", type: "float" })],
  ["no new value", (store) => store.setVariable("s", "temperature", undefined as never)],
  ["a value of another type", (store) => store.setVariable("s", "temperature", "warm")],
  ["a value out of bounds", (store) => store.setVariable("s", "temperature", 2.5)],
  ["a choice that is none", (store) => store.setVariable("s", "model", "llama")],
  ["an integer that is none", (store) => store.registerVariable("s", { ...spec, type: "integer", value: 0.5 })],
  ["unknown constraints", (store) => store.registerVariable("s", { ...spec, constraints: { maximum: 1 } })],
  ["a write to what is read-only", (store) => store.setVariable("s", "fixed", 6)],
  ["a version that moved on", (store) => store.setVariable("s", "temperature", 1, { expectedVersion: 4 })],
  ["a version below 0", (store) => store.setVariable("s", "temperature", 1, { expectedVersion: -1 })],
  ["half a version", (store) => store.deleteVariable("s", "temperature", { expectedVersion: 0.5 })],
  ["a batch with several refusals", (store) => store.setVariables("s", { temperature: 9, model: "gpt-4", nope: 1 })],
  [
    "a batch with a condition that fails",
    (store) => store.setVariables("s", { temperature: 1 }, { expectedVersions: { model: 7 } }),
  ],
  [
    "one variable twice in a batch",
    (store) =>
      store.setVariables("s", [
        ["model", "gpt-4"],
        ["model", "claude-3"],
      ]),
  ],
  ["one name twice in a batch", (store) => store.registerVariables("s", [spec, spec])],
  ["an empty name", (store) => store.registerVariable("s", { ...spec, name: "" })],
  ["an ill-formed name", (store) => store.registerVariable("s", { ...spec, name: "\ud800" })],
  ["a name that is no text", (store) => store.registerVariable("s", { ...spec, name: 5 as never })],
  ["read-only neither true nor false", (store) => store.registerVariable("s", { ...spec, readOnly: "yes" as never })],
  ["metadata with __proto__", (store) => store.setVariable("s", "temperature", 1, { metadata: proto })],
  ["metadata that is a list", (store) => store.createSession({ id: "t", metadata: [1] as never })],
  ["metadata beyond its limit", (store) => store.createSession({ id: "t", metadata: { x: "y".repeat(70_000) } })],
  ["an empty session id", (store) => store.createSession({ id: "" })],
  ["a session id with a slash", (store) => store.createSession({ id: "a/b" })],
  ["a session that exists", (store) => store.createSession({ id: "s" })],
  ["no time to live", (store) => store.createSession({ ttlMs: 0 })],
  ["a negative time to live", (store) => store.createSession({ ttlMs: -5 })],
  ["half a millisecond to live", (store) => store.updateSession("s", { ttlMs: 0.5 })],
  ["a time to live that is no number", (store) => store.createSession({ ttlMs: Number.NaN })],
  ["a time to live without end", (store) => store.createSession({ ttlMs: Number.POSITIVE_INFINITY })],
  ["a time to live that is no duration", (store) => store.createSession({ ttlMs: Number.MAX_SAFE_INTEGER })],
  [
    "a lease of a thousand years",
    (store) => store.startOptimization("s", ["temperature"], { optimizer: "o", leaseTtlMs: 31_557_600_000_000 }),
  ],
  [
    "a priority beyond all others",
    (store) => store.startOptimization("s", ["temperature"], { optimizer: "o", priority: 2 ** 31 }),
  ],
  ["pages of nothing", (store) => store.listVariables("s", { pageSize: 0 })],
  ["an origin that is none", (store) => store.setVariable("s", "temperature", 1, { origin: "ruby" as never })],
  ["variables of no origin", (store) => store.listVariables("s", { origin: "ruby" as never })],
  ["an ill-formed actor", (store) => store.setVariable("s", "temperature", 1, { actor: "\ud800" })],
  ["an ill-formed description", (store) => store.updateVariable("s", "temperature", { description: "\ud800" })],
  [
    "an objective that goes no way",
    (store) =>
      store.startOptimization("s", ["temperature"], {
        optimizer: "o",
        objective: { metric: "loss", direction: "sideways" as never },
      }),
  ],
  [
    "an objective that is no word for one",
    (store) => store.startOptimization("s", ["temperature"], { optimizer: "o", objective: "quality" as "minimize_" }),
  ],
  ["a permission that is none", (store) => store.checkAccess("s", "temperature", "own" as never)],
  ["an order that is none", (store) => store.listVariables("s", { orderBy: "size" as never })],
  [
    "a page token of another order",
    async (store) => {
      const { nextPageToken = "" } = await store.listVariables("s", { pageSize: 1 });
      return store.listVariables("s", { pageToken: nextPageToken, orderBy: "name" });
    },
  ],
  ["pages too large", (store) => store.listSessions({ pageSize: 1001 })],
  ["pages of half an item", (store) => store.listPrograms("s", { pageSize: 0.5 })],
  ["a page token from elsewhere", (store) => store.listSessions({ pageToken: "nonsense" })],
  ["a session's version", (store) => store.deleteSession("s", { expectedVersion: 1 })],
  ["a program's version", (store) => store.deleteProgram("s", "p", { expectedVersion: 1 })],
  ["versions of a batch of deletions", (store) => store.deleteVariables("s", ["model"], { expectedVersion: 1 })],
  ["a deletion of what is not there", (store) => store.deleteVariables("s", ["model", "nope"])],
  ["an unknown program", (store) => store.getProgram("s", "nope")],
  ["a program with a slash", (store) => store.putProgram("s", "a/b", {})],
  [
    "constraints that the value breaks",
    (store) => store.updateVariable("s", "temperature", { constraints: { max: 0.1 } }),
  ],
  [
    "a watch of an unknown variable",
    (store) =>
      store
        .watch("s", { refs: ["nope"] })
        [Symbol.asyncIterator]()
        .next(),
  ],
  ["a request id that is empty", (store) => store.setVariable("s", "model", "gpt-4", { requestId: "" })],
  ["a long request id", (store) => store.setVariable("s", "model", "gpt-4", { requestId: "r".repeat(256) })],
  ["a dependency on itself", (store) => store.addDependency("s", { variable: "model", dependsOn: "model" })],
  ["an unknown dependency", (store) => store.addDependency("s", { variable: "model", dependsOn: "nope" })],
  [
    "a dependency of no kind",
    (store) => store.addDependency("s", { variable: "model", dependsOn: "fixed", kind: "magic" as never }),
  ],
  ["a dependency that is not there", (store) => store.removeDependency("s", "model", "fixed")],
  ["dependencies of nothing", (store) => store.listDependencies("s", "")],
  ["dependents of the unknown", (store) => store.listDependents("s", "nope")],
  [
    "a derivation where no expressions are read",
    (store) => store.setDerivation("s", "temperature", { kind: "expression", expression: "1.0" }),
  ],
  ["an empty expression", (store) => store.setDerivation("s", "model", { kind: "expression", expression: "" })],
  ["an unknown function", (store) => store.setDerivation("s", "model", { kind: "function", name: "nope" })],
  ["a derivation of no kind", (store) => store.setDerivation("s", "model", { kind: "magic" } as never)],
  ["computing what is not derived", (store) => store.recomputeVariables("s", ["model"])],
  ["a rule without a name", (store) => store.putRule("s", { name: "", expression: "true" })],
  ["a rule without an expression", (store) => store.putRule("s", { name: "r", expression: "" })],
  ["an unknown rule", (store) => store.getRule("s", "nope")],
  ["rules of the unknown", (store) => store.listRules("s", { variable: "" })],
  ["a rule's version", (store) => store.deleteRule("s", "r", { expectedVersion: 1 })],
  ["a space without a name", (store) => store.putConfigurationSpace("s", { name: "", variables: ["model"] })],
  ["a space of nothing", (store) => store.putConfigurationSpace("s", { name: "x", variables: [] })],
  ["an unknown space", (store) => store.getConfiguration("s", "nope")],
  ["a space's version at its deletion", (store) => store.deleteConfigurationSpace("s", "x", { expectedVersion: 1 })],
  ["samples of nothing", (store) => store.sampleConfigurations("s", "nope")],
  ["a version that never was", (store) => store.getVariableAt("s", "model", { kind: "version", version: 7 })],
  ["a revision that never was", (store) => store.getSessionAt("s", { kind: "revision", revision: 99 })],
  ["half a revision", (store) => store.getSessionAt("s", { kind: "revision", revision: 1.5 })],
  ["a rollback to a revision below 0", (store) => store.rollbackSession("s", { kind: "revision", revision: -1 })],
  ["half a version to read", (store) => store.getVariableAt("s", "model", { kind: "version", version: 0.5 })],
  ["a time before everything", (store) => store.getSessionAt("s", { kind: "time", atMs: 1 })],
  ["a time that is none", (store) => store.getSessionAt("s", { kind: "time", atMs: Number.NaN })],
  ["a time in the year 2300", (store) => store.getSessionAt("s", { kind: "time", atMs: Date.UTC(2300, 0) })],
  ["a time long before", (store) => store.listVariableHistory("s", "model", { sinceMs: -Date.UTC(2300, 0) })],
  ["an unknown label", (store) => store.diffRevisions("s", { before: { kind: "label", label: "nope" } })],
  ["history from before the start", (store) => store.listVariableHistory("s", "model", { offset: -1 })],
  ["history without end", (store) => store.listVariableHistory("s", "model", { untilMs: Number.POSITIVE_INFINITY })],
  ["commits backwards in time", (store) => store.listCommits("s", { sinceMs: 2, untilMs: 1 })],
  ["a rollback of what is read-only", (store) => store.rollbackVariable("s", "fixed", { kind: "version", version: 0 })],
  [
    "a rollback at another revision",
    (store) => store.rollbackSession("s", { kind: "revision", revision: 2 }, { expectedRevision: 9 }),
  ],
  ["a fork of nothing", (store) => store.forkSession("s", { kind: "revision", revision: 0 })],
  ["a fork at an empty label", (store) => store.forkSession("s", { kind: "label", label: "" })],
  ["a fork that is taken", (store) => store.forkSession("s", { kind: "revision", revision: 2 }, { id: "s" })],
  ["a label without a name", (store) => store.setLabel("s", "")],
  ["a label ahead", (store) => store.setLabel("s", "l", { at: { kind: "revision", revision: 99 } })],
  ["a label's version", (store) => store.deleteLabel("s", "l", { expectedVersion: 1 })],
  ["an export of the unknown", (store) => store.exportVariables("s", { refs: ["nope"] })],
  [
    "an import by no strategy",
    async (store) => store.importVariables("s", await store.exportVariables("s"), { strategy: "magic" as never }),
  ],
  ["a watch with an empty filter", (store) => store.watch("s", {}, { filter: "" })[Symbol.asyncIterator]().next()],
  [
    "a watch with a filter where no expressions are read",
    (store) => store.watch("s", {}, { filter: "true" })[Symbol.asyncIterator]().next(),
  ],
  ["a watch from nowhere", (store) => store.watch("s", {}, { after: "nonsense" })[Symbol.asyncIterator]().next()],
];

describe.each([
  ["binary", true],
  ["JSON", false],
])("an error over %s is the one caught in process", (_, useBinaryFormat) => {
  test.each(attempts)("for %s", async (_, attempt) => {
    const { local, remote } = await openRemote({ useBinaryFormat });
    await local.registerVariables("s", sampleSpecs);
    const before = await local.getSession("s");
    const there = await caught(attempt(local));
    const here = await caught(attempt(remote));
    expect(here).toBeInstanceOf(StoreError);
    expect({ code: here.code, ...here.toRefusal() }).toEqual({ code: there.code, ...there.toRefusal() });
    expect(await local.getSession("s")).toMatchObject({ revision: before.revision });
  });

  test("for each item of a batch that is not atomic", async () => {
    const { local, remote } = await openRemote({ useBinaryFormat });
    await local.registerVariables("s", sampleSpecs);
    const updates = { temperature: 9, model: "claude-3", nope: 1, fixed: 6 };
    const there = await local.setVariables("s", updates, { atomic: false });
    const here = await remote.setVariables("s", updates, { atomic: false });
    const told = (refused: ReadonlyMap<string, StoreError>) =>
      new Map(Array.from(refused, ([ref, error]) => [ref, error.toRefusal()]));
    expect(told(here.refused)).toEqual(told(there.refused));
    expect([...here.applied.keys()]).toEqual(["model"]);
  });
});

describe("what no request could carry", () => {
  const unsendable: [string, (store: Store) => Promise<unknown>, string, string][] = [
    [
      "a function",
      (store) => store.setVariable("s", "temperature", (() => 1) as never),
      "temperature",
      "is a function",
    ],
    ["undefined in a list", (store) => store.setVariable("s", "x", [undefined] as never), "x[0]", "is undefined"],
    [
      "a date",
      (store) => store.registerVariable("s", { ...spec, value: new Date() as never }),
      "x",
      "instance of Date",
    ],
    ["a bigint beyond 64 bits", (store) => store.setVariables("s", { x: 2n ** 64n }), "x", "64-bit"],
    ["an empty pattern", (store) => store.listVariables("s", { pattern: "" }), "pattern", "must not be empty"],
    ["an empty type", (store) => store.listVariables("s", { type: "" }), "type", "must not be empty"],
    ["no samples", (store) => store.sampleConfigurations("s", "x", { count: 0 }), "count", "from 1 to 1000, got 0"],
    ["half a seed", (store) => store.sampleConfigurations("s", "x", { seed: 0.5 }), "seed", "got 0.5"],
    [
      "a point of no kind",
      (store) => store.getSessionAt("s", { kind: "yesterday" } as never),
      "at.kind",
      "one of revision, time, label, got yesterday",
    ],
    [
      "protection that is a word",
      (store) => store.setLabel("s", "l", { protected: "yes" as never }),
      "protected",
      "true or false",
    ],
    [
      "an import from a time that is none",
      (store) => {
        const payload = { kind: "number", value: 1 } as const;
        const variable = createVariable({ id: "var_x_1", name: "x", type: "float", payload, createdAtMs: Number.NaN });
        const data = { session: "s", revision: 1, exportedAtMs: 1, dependencies: [], history: new Map() };
        return store.importVariables("s", { ...data, variables: [variable] });
      },
      "data",
      "NaN",
    ],
    ["a ref with a lone surrogate", (store) => store.getVariable("s", "\udc00"), "ref", "well-formed"],
    [
      "a coalesce that is a word",
      (store) =>
        store
          .watch("s", {}, { coalesce: "yes" as never })
          [Symbol.asyncIterator]()
          .next(),
      "coalesce",
      "true or false",
    ],
  ];
  test.each(unsendable)("is refused before anything is sent: %s", async (_, attempt, field, message) => {
    const { remote, sent } = await openRemote();
    const error = await caught(attempt(remote));
    expect(error).toMatchObject({ reason: "invalid_argument", code: "invalid_argument", details: { field } });
    expect(error.message).toContain(message);
    expect(sent()).toBe(0);
  });
});
