import { isStoreError } from "@trimtab/core";
import { describe, expect, onTestFinished, test } from "vitest";
import { createJudgedStore, openShared, rejection } from "./test-parts/open-shared.ts";

describe("a write to another session's variable", () => {
  test("takes write access, is a commit of that session, and names who made it", async () => {
    const { store, guest, grant } = await openShared();
    const denied = await rejection(guest.setVariable("guest", "owner/x", 5), "access_denied");
    expect(denied).toMatchObject({
      code: "permission_denied",
      message: "session guest has no write access to owner/x",
      details: { session: "guest", permission: "write" },
    });
    await grant("x", "write");
    const written = await guest.setVariable("guest", "owner/x", 5);
    expect(written).toMatchObject({ session: "owner", name: "x", version: 1, revision: 5 });
    expect(await store.getVariable("owner", "x")).toMatchObject({ value: 5, updatedBy: "guest" });
    expect((await store.getSession("guest")).revision).toBe(1);
  });

  test("is refused in the same words whatever the value, and whether the variable is there or not", async () => {
    const { store, guest } = await openShared();
    const tries = [1, 5, "no number", null].map((value) =>
      rejection(guest.setVariable("guest", "owner/x", value), "access_denied"),
    );
    const messages = new Set((await Promise.all(tries)).map(({ message }) => message));
    expect(messages).toEqual(new Set(["session guest has no write access to owner/x"]));
    const absent = await rejection(guest.setVariable("guest", "owner/absent", 1), "access_denied");
    expect(absent.message).toBe("session guest has no write access to owner/absent");
    const nowhere = await rejection(guest.setVariable("guest", "nowhere/x", 1), "access_denied");
    expect(nowhere).toMatchObject({ details: { session: "guest", permission: "write" } });
    expect((await store.getSession("owner")).revision).toBe(3);
  });

  test("says that something is not there only to those who may read whatever the session has", async () => {
    const { store, guest } = await openShared();
    await store.setSessionPermissions("owner", [{ sessionPattern: "guest", permissions: ["read"] }]);
    await rejection(guest.getVariable("guest", "owner/absent"), "not_found");
    await rejection(guest.setVariable("guest", "owner/absent", 1), "not_found");
    await rejection(guest.setVariable("guest", "owner/x", 1), "access_denied");
    await store.setSessionPermissions("owner", [{ sessionPattern: "guest", permissions: ["write"] }]);
    await rejection(guest.setVariable("guest", "owner/absent", 1), "access_denied");
    await store.setSessionPermissions("owner", [{ sessionPattern: "guest", permissions: ["read", "write"] }]);
    await rejection(guest.setVariable("guest", "owner/absent", 1), "not_found");
  });

  test("in a batch answers by the refs that were sent, and stays within one session", async () => {
    const { guest, grant } = await openShared();
    await grant("x", "write");
    const refused = await rejection(guest.setVariables("guest", { "owner/x": 5, "owner/y": 6 }), "access_denied");
    expect([...refused.items.keys()]).toEqual(["owner/y"]);
    const partly = await guest.setVariables("guest", { "owner/x": 5, "owner/y": 6 }, { atomic: false });
    expect([...partly.applied.keys()]).toEqual(["owner/x"]);
    expect(partly.refused.get("owner/y")?.reason).toBe("access_denied");
    expect(partly).toMatchObject({ session: "owner", revision: 5 });
    const mixed = await rejection(guest.setVariables("guest", { "owner/x": 5, mine: 6 }), "invalid_argument");
    expect(mixed.message).toContain("one call is about one session's variables");
  });

  test("by two refs of one variable says that they are one only to who may write it", async () => {
    const { store, guest, grant } = await openShared();
    const { id } = await store.getVariable("owner", "x");
    const twice = { "owner/x": 5, [`owner/${id}`]: 6 };
    await rejection(guest.setVariables("guest", twice), "access_denied");
    await grant("x", "write");
    await rejection(guest.setVariables("guest", twice), "invalid_argument");
  });

  test("answers with the variable, but not with what its caller may not read", async () => {
    const { guest, grant } = await openShared();
    await grant("x", "write");
    const blind = await guest.updateVariable("guest", "owner/x", { description: "d" });
    expect(blind).toMatchObject({ description: "d", value: null, payload: { kind: "null" }, metadata: {} });
    await grant("x", "write", "read");
    const seen = await guest.updateVariable("guest", "owner/x", { description: "e" });
    expect(seen).toMatchObject({ description: "e", value: 1 });
    expect(seen).not.toHaveProperty("permissions");
  });

  test("tells no value that a refusal is about where its caller may not read it", async () => {
    const { store, guest, grant } = await openShared();
    await grant("x", "write");
    await store.setVariable("owner", "x", 4.25);
    await store.setVariable("owner", "x", 5);
    const narrow = () => guest.updateVariable("guest", "owner/x", { constraints: { max: 4.5 } });
    const narrowed = await rejection(narrow(), "constraint_violation");
    expect(narrowed).toMatchObject({ message: "the value for x breaks its constraint max" });
    expect(narrowed.details).not.toHaveProperty("value");
    await store.updateVariable("owner", "x", { constraints: { min: 5 } });
    const back = guest.rollbackVariable("guest", "owner/x", { kind: "revision", revision: 5 });
    expect(JSON.stringify((await rejection(back, "constraint_violation")).message)).not.toContain("4.25");
    await rejection(guest.setVariable("guest", "owner/x", 4.75), "constraint_violation");
    await grant("x", "read", "write");
    expect((await rejection(narrow(), "constraint_violation")).message).toContain("5 is above maximum");
  });

  test("tells nothing of dependents, rules and values behind a refusal", async () => {
    const { store, guest, grant } = await openShared({ x: 1, secret: 7 });
    await store.putRule("owner", { name: "cap", expression: "x < secret", message: "the cap is secret" });
    await store.addDependency("owner", { variable: "secret", dependsOn: "x" });
    await grant("x", "write");
    const broken = await rejection(guest.setVariable("guest", "owner/x", 9), "rule_violation");
    expect(JSON.stringify([broken.message, broken.details])).not.toMatch(/secret|cap|7/);
    const needed = await rejection(guest.deleteVariable("guest", "owner/x"), "has_dependents");
    expect(JSON.stringify([needed.message, needed.details])).not.toContain("secret");
    await store.deleteRule("owner", "cap");
    const along = await rejection(guest.deleteVariable("guest", "owner/x", { cascade: true }), "access_denied");
    expect(along.message).not.toContain("secret");
    expect((await store.getSession("owner")).stats.variableCount).toBe(2);
  });

  test("may not delete rules along with a variable, which are the session's own", async () => {
    const { store, guest, grant } = await openShared();
    await store.putRule("owner", { name: "sane", expression: "x < 100.0" });
    await grant("x", "write");
    await rejection(guest.deleteVariable("guest", "owner/x", { cascade: true }), "access_denied");
    expect((await store.listRules("owner")).items).toHaveLength(1);
  });

  test("made again with the same request id is that caller's own, whoever else chose the id", async () => {
    const { store, guest, grant } = await openShared();
    await grant("x", "write");
    await grant("y", "write");
    await store.setVariable("owner", "y", 10, { requestId: "once" });
    const first = await guest.setVariable("guest", "owner/x", 5, { requestId: "once" });
    expect(first).toMatchObject({ name: "x", version: 1 });
    expect(await guest.setVariable("guest", "owner/x", 6, { requestId: "once" })).toEqual(first);
  });

  test("is decided against the rules of the same revision, however they race", async () => {
    const { store, guest, grant } = await openShared();
    const calls = Array.from({ length: 200 }, async (_, step) => {
      // As many turns as differ from call to call, so that they overtake one another.
      for (let turn = (step * 7) % 5; turn > 0; turn--) await Promise.resolve();
      if (step % 4 === 0) return grant("x", "write");
      if (step % 4 === 2) return grant("x");
      return guest.setVariable("guest", "owner/x", step).catch((error: unknown) => error);
    });
    const outcomes = await Promise.all(calls);
    const denied = outcomes.filter((outcome) => isStoreError(outcome, "access_denied")).length;
    let isGranted = false;
    let written = 0;
    for (const { actor, changes } of (
      await store.listCommits("owner", { pageSize: 1000, includeValues: true })
    ).items.toReversed()) {
      for (const { kind, variable } of changes) {
        if (kind === "changed") isGranted = (variable?.permissions?.rules.length ?? 0) > 0;
        if (kind === "updated" && actor === "guest") {
          expect(isGranted).toBe(true);
          written++;
        }
      }
    }
    expect(written).toBeGreaterThan(0);
    expect(denied).toBeGreaterThan(0);
    expect(written + denied).toBe(100);
  });

  test("does not delete what is read-only, nor take it along, which only its own session does", async () => {
    const { store, guest, grant } = await openShared();
    await store.registerVariable("owner", {
      name: "fixed",
      type: "float",
      value: 1,
      readOnly: true,
      dependencies: ["x"],
    });
    for (const name of ["fixed", "x"]) await grant(name, "write");
    const refused = await rejection(guest.deleteVariable("guest", "owner/fixed"), "read_only");
    expect(refused.message).toBe("fixed is read-only, which only session owner may delete");
    const along = await rejection(guest.deleteVariable("guest", "owner/x", { cascade: true }), "read_only");
    expect(along.message).toBe("x would take something with it that is read-only, which only session owner may delete");
    await rejection(guest.deleteVariables("guest", ["owner/fixed", "owner/x"]), "read_only");
    await store.deleteVariable("owner", "x", { cascade: true });
    await rejection(store.getVariable("owner", "fixed"), "not_found");
  });

  test("does not end somebody else's optimization, which names who was denied", async () => {
    const { store, guest, grant } = await openShared();
    await grant("x", "optimize");
    await store.startOptimization("owner", ["x"], { optimizer: "tuner" });
    const stop = guest.stopOptimization("guest", { kind: "variable", ref: "owner/x" });
    const { details } = await rejection(stop, "access_denied");
    expect(details).toEqual({ session: "guest", permission: "optimize" });
  });

  test("that brings a deleted variable back shares it with nobody from whom it was kept", async () => {
    const { store, guest } = await openShared();
    await store.setSessionPermissions("owner", [{ sessionPattern: "guest", permissions: ["read"] }]);
    const [allows, denies] = [
      { id: "allows", sessionPattern: "other", permissions: ["read"] },
      { id: "denies", sessionPattern: "guest", permissions: ["read"], effect: "deny" },
    ] as const;
    await store.setVariablePermissions("owner", "x", [allows, denies]);
    const { revision } = await store.getSession("owner");
    await store.deleteVariable("owner", "x");
    await store.rollbackSession("owner", { kind: "revision", revision }, { restoreDeleted: true });
    await rejection(guest.getVariable("guest", "owner/x"), "access_denied");
    const { rules } = await store.getVariablePermissions("owner", "x");
    expect(rules.map(({ id }) => id)).toEqual(["denies"]);
  });

  test("that is about a further one takes reading that, for which it is not enough to write it", async () => {
    const { store, guest, grant } = await openShared({ x: 1, y: 2, secret: 7 });
    await store.addDependency("owner", { variable: "x", dependsOn: "secret" });
    for (const each of ["x", "y"]) await grant(each, "read", "write");
    const attempts = [
      () => guest.addDependency("guest", { variable: "owner/y", dependsOn: "owner/secret" }),
      () => guest.removeDependency("guest", "owner/x", "owner/secret"),
      () => guest.setVariables("guest", { "owner/x": 5 }, { expectedVersions: { "owner/secret": 0 } }),
    ];
    await grant("secret", "write");
    for (const attempt of attempts) await rejection(attempt(), "access_denied");
    expect(await store.getVariable("owner", "x")).toMatchObject({ version: 0 });
    await grant("secret", "read");
    for (const attempt of attempts) await attempt();
    expect((await store.listDependencies("owner")).items).toMatchObject([
      { variableName: "y", dependsOnName: "secret" },
    ]);
  });

  test("that takes reading too is refused for that to who may write alone", async () => {
    const { guest, grant } = await openShared();
    await grant("x", "write");
    const { message } = await rejection(guest.clearDerivation("guest", "owner/x"), "access_denied");
    expect(message).toBe("session guest has no read access to owner/x");
  });

  test("of its rules, and how it is searched, is for the session alone", async () => {
    const { guest, grant } = await openShared();
    await grant("x", "read", "write", "observe", "optimize");
    await rejection(guest.setVariablePermissions("guest", "owner/x", []), "not_owner");
    await rejection(guest.getVariablePermissions("guest", "owner/x"), "not_owner");
    await rejection(guest.explainAccess("guest", "owner/x", { permission: "read", subject: "guest" }), "not_owner");
    await rejection(guest.setVariablePermissions("guest", "nowhere/x", []), "not_owner");
    await rejection(guest.getOptimizationStatus("guest", { kind: "variable", ref: "owner/x" }), "not_owner");
    const { optimization } = await guest.startOptimization("guest", ["owner/x"], { optimizer: "mine" });
    const started = { kind: "optimization", id: `owner/${optimization.id}` } as const;
    await rejection(guest.getOptimizationStatus("guest", started), "not_owner");
    await rejection(guest.listOptimizationHistory("guest", { variable: "owner/x" }), "not_owner");
    expect(await guest.getVariable("guest", "owner/x")).not.toHaveProperty("permissions");
  });

  test("keeps the session that waits in line for a lease, however short it lives unused", async () => {
    let elapsed = 0;
    const clock = { now: () => 1_000_000 + elapsed, elapsed: () => elapsed };
    const { store, guest, grant } = await openShared({ x: 1 }, {}, clock);
    await grant("x", "optimize", "write");
    await store.startOptimization("owner", ["x"], { optimizer: "first", leaseTtlMs: 36_000_000 });
    const waiting = guest.startOptimization("guest", ["owner/x"], {
      optimizer: "second",
      onConflict: "wait",
      waitTimeoutMs: 60_000,
    });
    const target = { kind: "variable", ref: "x" } as const;
    while ((await store.getOptimizationStatus("owner", target)).waiting === 0);
    for (let half = 0; half < 3; half++) {
      elapsed += 1_800_000;
      await store.touchSession("owner");
    }
    expect(await store.sweep()).toBe(0);
    await store.stopOptimization("owner", target);
    const { optimization, fencingToken } = await waiting;
    const lease = { optimization: optimization.id, fencingToken };
    expect(await guest.setVariable("guest", "owner/x", 2, { lease })).toMatchObject({ version: 1 });
  });

  test("goes by the session's own name for it, too, as what is read of it does", async () => {
    const { store } = await openShared();
    const owner = store.as({ id: "ada", sessions: ["owner"] });
    await owner.putRule("owner", { name: "small", expression: "x < 100.0" });
    const { optimization } = await owner.startOptimization("owner", ["owner/x"], { optimizer: "mine" });
    const mine = { variable: "owner/x" };
    expect((await owner.listRules("owner", mine)).items).toHaveLength(1);
    expect((await owner.listCommits("owner", mine)).items).toHaveLength(1);
    expect((await owner.listOptimizations("owner", mine)).items).toEqual([optimization]);
    expect((await owner.listOptimizationHistory("owner", mine)).items).toEqual([]);
    for (const target of [
      { kind: "variable", ref: "owner/x" },
      { kind: "optimization", id: `owner/${optimization.id}` },
    ] as const) {
      expect(await owner.getOptimizationStatus("owner", target)).toMatchObject({ optimizing: true });
    }
  });
});

test("an optimizer of the store's own works on another session's variable for whoever may optimize it", async () => {
  const store = createJudgedStore({ optimizers: { settle: ({ set }) => set({ x: 7 }).then(() => {}) } });
  onTestFinished(() => store.close());
  for (const id of ["owner", "guest"]) await store.createSession({ id });
  await store.registerVariable("owner", { name: "x", type: "float", value: 1 });
  const guest = store.as({ id: "bob", sessions: ["guest"] });
  const start = () => guest.startOptimization("guest", ["owner/x"], { optimizer: "settle" });
  await rejection(start(), "access_denied");
  await store.setVariablePermissions("owner", "x", [{ sessionPattern: "guest", permissions: ["optimize"] }]);
  await start();
  await expect.poll(async () => (await store.getVariable("owner", "x")).value).toBe(7);
  expect(await store.getVariable("owner", "x")).toMatchObject({ updatedBy: "guest" });
  await rejection(guest.setVariable("guest", "owner/x", 8), "access_denied");
});
