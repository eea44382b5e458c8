import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import type { Interceptor, Transport } from "@connectrpc/connect";
import { createConnectTransport, createGrpcTransport } from "@connectrpc/connect-node";
import { createAuditClient, createStoreClient, createStudyClient } from "@trimtab/client";
import type { AuditEntry, AuditTrail, Store, StudyStore } from "@trimtab/core";
import { describe, expect, onTestFinished, test } from "vitest";
import { createToken } from "../src/auth/token.ts";
import type { Settings } from "../src/settings.ts";
import { openServer } from "./open-server.ts";
import { temporaryFolder } from "./test-parts/temporary-folder.ts";

const callers = { ada: ["s", "t"], bob: ["b"] };

async function open(settings: Partial<Settings> = {}) {
  const folder = temporaryFolder();
  const principals = join(folder, "principals");
  const tokens = Object.fromEntries(Object.keys(callers).map((name) => [name, createToken()]));
  const lines = Object.entries(callers).map(([principal, sessions]) =>
    JSON.stringify({ principal, token: tokens[principal]?.stored, sessions, attributes: { team: "search" } }),
  );
  writeFileSync(principals, lines.join("\n"));
  const server = await openServer({ principals, sessionRate: 0, callerRate: 0, ...settings });
  onTestFinished(() => server.close());
  for (const id of ["s", "b"]) await server.store.createSession({ id });
  const bearing =
    (secret: string): Interceptor =>
    (next) =>
    (request) => {
      request.header.set("authorization", `Bearer ${secret}`);
      return next(request);
    };
  const transportOf = (name: keyof typeof callers | "nobody"): Transport => {
    const interceptors = [bearing(name === "nobody" ? "x" : (tokens[name]?.secret ?? ""))];
    return name === "bob"
      ? createConnectTransport({ baseUrl: server.url, httpVersion: "1.1", interceptors })
      : createGrpcTransport({ baseUrl: server.url, interceptors });
  };
  const storeOf = (name: keyof typeof callers | "nobody"): Store => createStoreClient(transportOf(name));
  const auditOf = (name: keyof typeof callers): AuditTrail => createAuditClient(transportOf(name));
  const studiesOf = (name: keyof typeof callers): StudyStore => createStudyClient(transportOf(name));
  return { server, folder, storeOf, auditOf, studiesOf };
}

/** Lists until as many entries are there as are to come. */
async function entries(trail: AuditTrail, session: string, count: number): Promise<readonly AuditEntry[]> {
  const list = async () => (await trail.listAuditEntries(session, { pageSize: 1000 })).items;
  await expect.poll(async () => (await list()).length).toBe(count);
  return list();
}

test("a change is entered with who made it, from where, and its versions", async () => {
  const { storeOf, auditOf } = await open();
  const store = storeOf("ada");
  await store.registerVariable("s", { name: "x", type: "float", value: 1 });
  await store.setVariable("s", "x", 2, { actor: "the optimizer", origin: "python", requestId: "r" });
  const [set, registered, created] = await entries(auditOf("ada"), "s", 3);
  expect(set).toEqual({
    id: expect.any(String),
    recordedAtMs: expect.any(Number),
    session: "s",
    callerSession: "s",
    actor: "the optimizer",
    principal: "ada",
    origin: "python",
    peer: { address: "127.0.0.1", userAgent: expect.stringContaining("connect-es"), protocol: "grpc" },
    action: "SetVariable",
    variableId: "var_x_1",
    variableName: "x",
    oldVersion: 0,
    newVersion: 1,
    revision: 3,
    outcome: "succeeded",
    basis: "owner",
    requestId: "r",
  });
  expect(registered).toMatchObject({ action: "RegisterVariable", principal: "ada", newVersion: 0 });
  expect(created).toMatchObject({ action: "SessionCreated", peer: { protocol: "in-process" } });
});

test("no way to write leaves out who wrote", async () => {
  const { storeOf, auditOf } = await open();
  const store = storeOf("ada");
  await store.createSession({ id: "t" });
  await store.updateSession("t", { metadata: { a: 1 } });
  await store.registerVariables("t", [
    { name: "a", type: "float", value: 1 },
    { name: "b", type: "float", value: 1 },
  ]);
  await store.setVariables("t", { a: 2, b: 3 });
  await store.updateVariable("t", "a", { description: "x" });
  await store.addDependency("t", { variable: "b", dependsOn: "a" });
  await store.putRule("t", { name: "r", expression: "a < 100.0" });
  await store.setLabel("t", "l");
  await store.putConfigurationSpace("t", { name: "w", variables: ["a"] });
  await store.putProgram("t", "p", { x: 1 });
  await store.setSessionPermissions("t", [{ sessionPattern: "*", permissions: ["read"] }]);
  await store.rollbackVariable("t", "b", { kind: "version", version: 0 });
  await store.removeDependency("t", "b", "a");
  await store.deleteVariable("t", "b");
  const exported = await store.exportVariables("t");
  await store.setVariable("t", "a", 50);
  await store.importVariables("t", exported, { strategy: "replace" });
  await store.registerVariable("t", { name: "c", type: "float", value: 1 });
  await store.setVariable("t", "a", 7);
  await store.rollbackSession("t", { kind: "label", label: "l" });
  await store.deleteSession("t");
  const refused = store.forkSession("s", { kind: "revision", revision: 1 }, { id: "not mine" });
  await expect(refused).rejects.toMatchObject({ reason: "access_denied" });
  const trail = auditOf("ada");
  await expect.poll(async () => (await trail.listAuditEntries("t")).items[0]?.action).toBe("DeleteSession");
  const { items } = await trail.listAuditEntries("t", { pageSize: 1000 });
  expect(items.filter(({ principal }) => principal !== "ada")).toEqual([]);
  expect(new Set(items.map(({ action }) => action)).size).toBe(19);
});

test("what becomes of a study and its trials is entered, each trial by itself", async () => {
  const { server, storeOf, auditOf, studiesOf } = await open();
  const variable = { name: "x", type: "float", value: 1, constraints: { min: 0, max: 10 } };
  await storeOf("ada").registerVariable("s", variable);
  await server.store.setVariablePermissions("s", "x", [{ sessionPattern: "b", permissions: ["optimize"] }]);
  const studies = studiesOf("ada");
  await studies.createStudy("s", { id: "one", variables: ["x"], maxRetries: 1 }, { actor: "the optimizer" });
  await studies.enqueueTrial("s", "one", { x: 2 }, { requestId: "r" });
  await studies.askTrials("s", "one", { count: 3 });
  await studies.reportIntermediateValue("s", "one", { number: 0, step: 1, value: 5 });
  await studies.renewTrial("s", "one", 1);
  await studies.tellTrials("s", "one", [
    { number: 0, values: [4] },
    { number: 1, state: "pruned" },
  ]);
  await studies.failTrial("s", "one", 2, { retry: true });
  await expect(studies.tellTrial("s", "one", { number: 2, values: [1] })).rejects.toMatchObject({
    reason: "trial_ended",
  });
  await studiesOf("bob").askTrials("b", "s/one", { origin: "python" });
  await studies.changeBounds("s", "one", { x: { min: 1, max: 9 } });
  await studies.updateStudy("s", "one", { status: "completed" });
  await studies.applyTrial("s", "one");
  await studies.deleteStudy("s", "one");
  const list = async () =>
    (await auditOf("ada").listAuditEntries("s", { filter: { study: "one" } })).items.toReversed();
  await expect.poll(async () => (await list()).at(-1)?.action).toBe("DeleteStudy");
  const items = await list();
  expect(items.map(({ action, trial, revision, outcome }) => [action, trial, revision, outcome])).toEqual([
    ["CreateStudy", undefined, 1, "succeeded"],
    ["EnqueueTrial", 0, 2, "succeeded"],
    ["AskTrials", 0, 3, "succeeded"],
    ["AskTrials", 1, 3, "succeeded"],
    ["AskTrials", 2, 3, "succeeded"],
    ["ReportIntermediateValue", 0, 4, "succeeded"],
    ["RenewTrial", 1, 5, "succeeded"],
    ["BatchTellTrials", 0, 6, "succeeded"],
    ["BatchTellTrials", 1, 6, "succeeded"],
    ["FailTrial", 2, 7, "succeeded"],
    ["FailTrial", 3, 7, "succeeded"],
    ["TellTrial", 2, 0, "refused"],
    ["AskTrials", 3, 8, "succeeded"],
    ["UpdateStudySpace", undefined, 9, "succeeded"],
    ["UpdateStudy", undefined, 10, "succeeded"],
    ["DeleteStudy", undefined, expect.any(Number), "succeeded"],
  ]);
  expect(items[0]).toMatchObject({
    actor: "the optimizer",
    principal: "ada",
    basis: "owner",
    peer: { protocol: "grpc" },
  });
  expect(items[1]).toMatchObject({ actor: "s", origin: "typescript", requestId: "r" });
  const ofBob = { callerSession: "b", principal: "bob", origin: "python", permission: "optimize" };
  expect(items.filter(({ principal }) => principal === "bob")).toMatchObject([{ ...ofBob, session: "s", trial: 3 }]);
  const { items: applied } = await auditOf("ada").listAuditEntries("s", { filter: { actions: ["ApplyTrial"] } });
  expect(applied).toMatchObject([{ variableName: "x", newVersion: 1 }]);
});

test("a trial that nobody hears of is entered as lost, with nobody who did it", async () => {
  const { storeOf, auditOf, studiesOf } = await open();
  const variable = { name: "x", type: "float", value: 1, constraints: { min: 0, max: 10 } };
  await storeOf("ada").registerVariable("s", variable);
  await studiesOf("ada").createStudy("s", { id: "one", variables: ["x"], trialTtlMs: 20, maxRetries: 1 });
  await studiesOf("ada").askTrials("s", "one", {});
  const actions = ["TrialLost", "TrialEnqueued"];
  const list = async () => (await auditOf("ada").listAuditEntries("s", { filter: { actions } })).items;
  await expect.poll(async () => (await list()).length).toBe(2);
  const nobody = { actor: "", principal: "", basis: "process", peer: { protocol: "in-process" } };
  expect(await list()).toMatchObject([
    { action: "TrialEnqueued", trial: 1, ...nobody },
    { action: "TrialLost", trial: 0, ...nobody },
  ]);
});

test("a write to another session's variable is entered as one of the session that made it", async () => {
  const { server, storeOf, auditOf } = await open();
  await server.store.registerVariable("s", { name: "x", type: "float", value: 1 });
  await server.store.setVariablePermissions("s", "x", [
    { id: "let-b", sessionPattern: "b", permissions: ["write"], conditions: { team: "search" } },
  ]);
  await storeOf("bob").setVariable("b", "s/x", 2);
  const by = { basis: "variable-rule", permission: "write", decidingRule: "let-b" };
  const written = { session: "s", callerSession: "b", principal: "bob", action: "SetVariable", newVersion: 1, ...by };
  await expect.poll(async () => (await auditOf("ada").listAuditEntries("s")).items[0]).toMatchObject(written);
  expect((await auditOf("bob").listAuditEntries("b")).items[0]).toMatchObject(written);
});

describe("what was not done is entered before it is told", () => {
  test("a denial, with the rule that denied it", async () => {
    const { server, storeOf, auditOf } = await open();
    await server.store.registerVariable("s", { name: "x", type: "float", value: 1 });
    // What a principal has been given beside its sessions counts among what decides.
    const conditions = { team: "search" };
    const rules = [
      { id: "keep-out", sessionPattern: "b", permissions: ["write"], effect: "deny", conditions },
    ] as const;
    await server.store.setVariablePermissions("s", "x", rules);
    const bob = storeOf("bob");
    await expect(bob.setVariable("b", "s/x", 2)).rejects.toMatchObject({ reason: "access_denied" });
    const denied = {
      outcome: "denied",
      reason: "access_denied",
      principal: "bob",
      session: "s",
      callerSession: "b",
      action: "SetVariable",
      permission: "write",
      variableName: "s/x",
      basis: "variable-rule",
      decidingRule: "keep-out",
      revision: 0,
      peer: { protocol: "connect" },
    };
    // Both the owner and the caller see it, and it is there at once.
    const filter = { outcomes: ["denied"] } as const;
    expect((await auditOf("ada").listAuditEntries("s", { filter })).items).toMatchObject([denied]);
    expect((await auditOf("bob").listAuditEntries("b", { filter })).items).toMatchObject([denied]);
    await expect(bob.getVariable("b", "s/x")).rejects.toMatchObject({ reason: "access_denied" });
    expect((await auditOf("bob").listAuditEntries("b", { filter })).items).toMatchObject([
      { action: "GetVariable", permission: "read", basis: "no-rule" },
      denied,
    ]);
    await expect(bob.getVariable("s", "x")).rejects.toMatchObject({ reason: "access_denied" });
    expect((await auditOf("ada").listAuditEntries("s", { filter })).items[0]).toMatchObject({ basis: "principal" });
  });

  test("a session that is somebody else's, a write that breaks a constraint, each item of a batch", async () => {
    const { server, storeOf, auditOf } = await open();
    await server.store.registerVariable("s", { name: "x", type: "float", value: 1, constraints: { max: 2 } });
    await expect(storeOf("bob").getVariable("s", "x")).rejects.toMatchObject({ reason: "access_denied" });
    const ada = storeOf("ada");
    await expect(ada.setVariable("s", "x", 9)).rejects.toMatchObject({ reason: "constraint_violation" });
    await expect(ada.setVariables("s", { x: 9, y: 1 })).rejects.toMatchObject({ reason: "constraint_violation" });
    const { items } = await auditOf("ada").listAuditEntries("s", { filter: { outcomes: ["denied", "refused"] } });
    const told = items.map(({ principal, action, variableName, reason }) => [principal, action, variableName, reason]);
    expect(told).toHaveLength(4);
    expect(told).toEqual(
      expect.arrayContaining([
        ["ada", "BatchSetVariables", "x", "constraint_violation"],
        ["ada", "BatchSetVariables", "y", "not_found"],
        ["ada", "SetVariable", "x", "constraint_violation"],
        ["bob", "GetVariable", "x", "access_denied"],
      ]),
    );
  });

  test("what was refused of a batch that was made in part", async () => {
    const { server, storeOf, auditOf } = await open();
    await server.store.registerVariable("s", { name: "x", type: "float", value: 1, constraints: { max: 2 } });
    const updates = { x: 2, y: 1 };
    const { applied } = await storeOf("ada").setVariables("s", updates, { atomic: false });
    expect([...applied.keys()]).toEqual(["x"]);
    const { items } = await auditOf("ada").listAuditEntries("s", { filter: { outcomes: ["refused"] } });
    expect(items).toMatchObject([{ action: "BatchSetVariables", variableName: "y", reason: "not_found" }]);
  });

  test("nobody reads the audit of a session that is not theirs", async () => {
    const { auditOf } = await open();
    await expect(auditOf("bob").listAuditEntries("s")).rejects.toMatchObject({ reason: "access_denied" });
  });
});

test("a file that entries cannot go to is refused at the start", async () => {
  const auditFile = join(temporaryFolder(), "nowhere", "audit.jsonl");
  await expect(openServer({ audit: "on", auditFile })).rejects.toThrow("--audit-file: ENOENT");
});

test("entries go to a file as well, one JSON object a line, that is put aside when it is large, and no token is in it", async () => {
  const auditFile = join(temporaryFolder(), "audit.jsonl");
  const { server, storeOf } = await open({ auditFile, auditFileBytes: 20_000 });
  await expect(storeOf("nobody").getSession("s")).rejects.toMatchObject({ code: "unauthenticated" });
  const store = storeOf("ada");
  await store.registerVariable("s", { name: "x", type: "float", value: 1 });
  for (let i = 0; i < 100; i++) await store.setVariable("s", "x", i);
  await server.close();
  const files = readdirSync(dirname(auditFile))
    .filter((file) => file.startsWith("audit.jsonl"))
    .sort()
    .reverse();
  expect(files).toEqual(["audit.jsonl.2", "audit.jsonl.1", "audit.jsonl"]);
  const text = files.map((file) => readFileSync(join(dirname(auditFile), file), "utf8"));
  for (const each of text) expect(each.length).toBeLessThanOrEqual(20_000);
  const all = text
    .join("")
    .trim()
    .split("\n")
    .map((line) => JSON.parse(line));
  expect(all.map(({ id }) => Number(id))).toEqual(all.map((_, index) => index + Number(all[0].id)));
  expect(all.at(-1)).toMatchObject({ action: "SetVariable", hash: expect.stringMatching(/^[0-9a-f]{64}$/) });
  expect(all.find(({ reason }) => reason === "unauthenticated")).toMatchObject({
    outcome: "denied",
    action: "GetSession",
    peer: { address: "127.0.0.1" },
  });
  expect(JSON.stringify(all)).not.toContain("trimtab_");
});
