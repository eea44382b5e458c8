import type { AccessGrant, SessionEvent, WriteVia } from "@trimtab/core";
import { expect, test } from "vitest";
import { entriesOfCommit } from "./commit-entries.ts";
import { noteOfEntry } from "./note-of-entry.ts";
import { commitOf } from "./test-parts/json-codec.ts";

const via: WriteVia = {
  principal: "bob",
  session: "guest",
  action: "SetVariable",
  address: "192.0.2.7",
  userAgent: "x",
  protocol: "grpc",
};

const grantOn = (name: string, more: Partial<AccessGrant> = {}): AccessGrant => ({
  variable: `var_${name}_1`,
  name,
  permission: "write",
  rule: `of-${name}`,
  sessionWide: false,
  ...more,
});

const setOf = (name: string, more: object = {}): SessionEvent => ({
  kind: "variable-set",
  id: `var_${name}_1`,
  name,
  version: 1,
  payload: { kind: "number", value: 1 },
  ...more,
});

const told = (...args: Parameters<typeof commitOf>) =>
  entriesOfCommit(commitOf(...args)).map(({ variableName, basis, permission, decidingRule }) => [
    variableName,
    basis,
    permission,
    decidingRule,
  ]);

test("what an owner does is decided by ownership, what the process does by nothing, and what is not known is not said", () => {
  expect(told("s", 1, { via: { ...via, session: "s" } })).toEqual([["x", "owner", undefined, undefined]]);
  expect(told("s", 1)).toEqual([["x", "process", undefined, undefined]]);
  expect(told("s", 1, { via })).toEqual([["x", undefined, undefined, undefined]]);
});

test("each variable of a batch is told with the rule that let it be written, and what follows with that of its cause", () => {
  const events = [setOf("a"), setOf("b"), setOf("c", { root: "var_b_1", causedBy: ["var_b_1"] })];
  const grants = [grantOn("a"), grantOn("b", { sessionWide: true }), grantOn("b", { permission: "read", rule: "r" })];
  expect(told("s", 1, { via, events, grants })).toEqual([
    ["a", "variable-rule", "write", "of-a"],
    ["b", "session-rule", "write", "of-b"],
    ["c", "session-rule", "write", "of-b"],
  ]);
});

test("a commit that changes no variable is told of each that its caller was let reach", () => {
  const events = [{ kind: "dependency-removed", variable: "var_a_1", dependsOn: "var_b_1" }] as const;
  const grants = [grantOn("a"), grantOn("b", { permission: "read" })];
  expect(told("s", 1, { via, events, grants })).toEqual([
    ["a", "variable-rule", "write", "of-a"],
    ["b", "variable-rule", "read", "of-b"],
  ]);
});

test("what an owner does to a dependency is told of the variable that depends", () => {
  const added = { kind: "dependency-added", dependency: "data", metadata: {} } as const;
  const events = [{ ...added, variable: "var_a_1", dependsOn: "var_b_1", name: "a" }];
  const [entry] = entriesOfCommit(commitOf("s", 1, { via: { ...via, session: "s", action: "AddDependency" }, events }));
  expect(entry).toMatchObject({ action: "AddDependency", variableId: "var_a_1", variableName: "a", basis: "owner" });
  // Commits of earlier programs have ids alone.
  const removed = { kind: "dependency-removed", variable: "var_a_1", dependsOn: "var_b_1" } as const;
  expect(entriesOfCommit(commitOf("s", 2, { events: [removed] }))).toMatchObject([{ variableId: "var_a_1" }]);
});

test("what an owner does to an optimization's leases is told of each variable that they are of", () => {
  const [x, y] = ["x", "y"].map((name) => ({ id: `var_${name}_1`, name }));
  const ended = { kind: "optimization-ended", optimization: "o", state: "preempted", cause: "" } as const;
  const events = [
    { ...ended, variables: [x, y] },
    { ...ended, optimization: "p", variables: [y] },
  ] as SessionEvent[];
  const entries = entriesOfCommit(
    commitOf("s", 1, { via: { ...via, session: "s", action: "StartOptimization" }, events }),
  );
  expect(entries.map(({ variableId, variableName }) => [variableId, variableName])).toEqual([
    ["var_x_1", "x"],
    ["var_y_1", "y"],
  ]);
  // Commits of earlier programs do not say.
  expect(entriesOfCommit(commitOf("s", 2, { events: [ended] }))).toMatchObject([{ variableId: "", variableName: "" }]);
});

test("people are told who, what and by what right", () => {
  const [entry] = entriesOfCommit(commitOf("s", 1, { via, grants: [grantOn("x")] }));
  expect(entry && noteOfEntry({ id: "1", ...entry })).toEqual({
    actor: "bob",
    kind: "SetVariable succeeded",
    subject: "s/x (by variable-rule of-x)",
  });
  const [own] = entriesOfCommit(commitOf("s", 1, { via }));
  expect(own && noteOfEntry({ id: "1", ...own }).subject).toBe("s/x");
});
