import { isStoreError, type Store } from "@trimtab/core";
import { describe, expect, test } from "vitest";
import { openShared, rejection } from "./test-parts/open-shared.ts";

describe("a principal", () => {
  test("acts as the sessions that its patterns match, and as no other, whether that is there or not", async () => {
    const { guest } = await openShared();
    expect((await guest.getSession("guest")).id).toBe("guest");
    for (const session of ["owner", "nowhere", "guest-2", "GUEST", "gues"]) {
      const error = await rejection(guest.getVariable(session, "x"), "access_denied");
      expect(error.message).toBe(`bob may not act as session ${session}`);
      await rejection(guest.listVariables(session), "access_denied");
      await rejection(guest.createSession({ id: session }), "access_denied");
      await rejection(guest.deleteSession(session), "access_denied");
      await rejection(guest.forkSession("guest", { kind: "revision", revision: 1 }, { id: session }), "access_denied");
      await rejection(guest.forkSession(session, { kind: "revision", revision: 1 }, { id: "guest" }), "access_denied");
    }
    await rejection(guest.createSession(), "access_denied");
  });

  test("lists its own sessions, in pages that name no other", async () => {
    const { store } = await openShared({});
    for (const id of ["guest-1", "zz", "guest-2"]) await store.createSession({ id });
    const guests = store.as({ id: "bob", sessions: ["guest*"] });
    expect((await guests.listSessions()).items.map(({ id }) => id)).toEqual(["guest", "guest-1", "guest-2"]);
    const first = await guests.listSessions({ pageSize: 2 });
    expect(first.nextPageToken).not.toContain("zz");
    const rest = await guests.listSessions({ pageToken: first.nextPageToken ?? "" });
    expect(rest.items.map(({ id }) => id)).toEqual(["guest-2"]);
  });

  test("is known by its own attributes and roles, not by what its session says of itself", async () => {
    const { store } = await openShared();
    await store.setVariablePermissions("owner", "x", [
      { sessionPattern: "*", permissions: ["read"], conditions: { team: "search" } },
    ]);
    const believed = store.as({ id: "", sessions: ["guest"], believesSession: true });
    expect((await believed.getVariable("guest", "owner/x")).value).toBe(1);
    const searching = store.as({ id: "ada", sessions: ["guest"], attributes: { team: "search" } });
    expect((await searching.getVariable("guest", "owner/x")).value).toBe(1);
    const named = store.as({ id: "eve", sessions: ["guest"] });
    await rejection(named.getVariable("guest", "owner/x"), "access_denied");
    await named.updateSession("guest", { metadata: { team: "search" } });
    await rejection(named.getVariable("guest", "owner/x"), "access_denied");
    expect(await named.checkAccess("guest", "owner/x", "read")).toBe(false);
    await store.setVariablePermissions("owner", "x", [
      { sessionPattern: "*", permissions: ["read"], when: "'auditor' in caller.roles && caller.principal == 'eve'" },
    ]);
    await rejection(named.getVariable("guest", "owner/x"), "access_denied");
    const auditor = store.as({ id: "eve", sessions: ["guest"], attributes: {}, roles: ["auditor"] });
    expect((await auditor.getVariable("guest", "owner/x")).value).toBe(1);
    expect((await auditor.listAccessible("guest")).items.map(({ name }) => name)).toEqual(["x"]);
  });
});

test("what a session says of itself does not show in explanations for those who may not act as it", async () => {
  const { store } = await openShared();
  await store.setVariablePermissions("owner", "x", [
    { sessionPattern: "*", permissions: ["read"], conditions: { team: "search" } },
  ]);
  const asked = { permission: "read", subject: "guest" } as const;
  expect((await store.explainAccess("owner", "x", asked)).allowed).toBe(true);
  const owner = store.as({ id: "olga", sessions: ["owner"] });
  expect(await owner.explainAccess("owner", "x", asked)).toMatchObject({ allowed: false, basis: "no-rule" });
  const both = store.as({ id: "", sessions: ["owner", "guest"], believesSession: true });
  expect((await both.explainAccess("owner", "x", asked)).allowed).toBe(true);
});

describe("a read of another session's variables", () => {
  test("finds what may be read, by the refs that were sent, and misses the rest", async () => {
    const { guest, grant } = await openShared();
    await grant("x", "read");
    const { found, missing } = await guest.getVariables("guest", [
      "owner/x",
      "owner/y",
      "owner/absent",
      "owner/var_x_1",
    ]);
    expect([...found.keys()]).toEqual(["owner/x", "owner/var_x_1"]);
    expect(missing).toEqual(["owner/y", "owner/absent"]);
    expect((await guest.getVariables("guest", ["guest/mine"])).missing).toEqual(["guest/mine"]);
  });

  test("takes read access for the history, and for an export", async () => {
    const { store, guest, grant } = await openShared();
    await store.setVariable("owner", "x", 5);
    await grant("x", "observe", "write");
    await rejection(guest.listVariableHistory("guest", "owner/x"), "access_denied");
    await rejection(guest.getVariableAt("guest", "owner/x", { kind: "version", version: 0 }), "access_denied");
    await rejection(guest.exportVariables("guest", { refs: ["owner/x"] }), "access_denied");
    await grant("x", "read");
    const { items } = await guest.listVariableHistory("guest", "owner/x");
    expect(items.map(({ value }) => value)).toEqual([5, 1]);
    expect((await guest.getVariableAt("guest", "owner/x", { kind: "version", version: 0 })).value).toBe(1);
    const exported = await guest.exportVariables("guest", { refs: ["owner/x"], pattern: "*", includeHistory: true });
    expect(exported).toMatchObject({ session: "owner", variables: [{ name: "x", value: 5 }] });
    expect([...exported.history.keys()]).toEqual(["var_x_1"]);
    await rejection(guest.exportVariables("guest", { refs: ["owner/x", "owner/y"] }), "access_denied");
  });

  test("of the past is about the variable that may be read now, not about another that bore its name", async () => {
    const { store, guest, grant } = await openShared({ x: 111 });
    const { revision } = await store.setVariable("owner", "x", 222);
    await store.deleteVariable("owner", "x");
    await store.registerVariable("owner", { name: "x", type: "float", value: 3 });
    await grant("x", "read");
    const then = { kind: "revision", revision } as const;
    const error = await guest.getVariableAt("guest", "owner/x", then).catch((thrown: Error) => thrown);
    expect(error).toMatchObject({ reason: "not_found" });
    expect(JSON.stringify(error)).not.toMatch(/111|222/);
    await rejection(guest.getVariableAt("guest", "owner/x", { kind: "label", label: "absent" }), "not_found");
  });

  test("never reaches what a session holds beside variables", async () => {
    const { store, guest, grant } = await openShared();
    await grant("x", "read", "write", "observe", "optimize");
    await store.setLabel("owner", "production");
    const label = { kind: "label", label: "production" } as const;
    await rejection(guest.getVariableAt("guest", "owner/x", label), "not_found");
    await rejection(guest.listCommits("guest", { variable: "owner/x" }), "not_owner");
    await rejection(guest.putConfigurationSpace("guest", { name: "s", variables: ["owner/x"] }), "not_found");
  });

  test("is not there once its session has ended", async () => {
    const { store, guest, grant } = await openShared();
    await grant("x", "read");
    await store.deleteSession("owner");
    const error = await rejection(guest.getVariable("guest", "owner/x"), "access_denied");
    expect(error.message).not.toContain("not found");
  });
});

describe("a sensitive variable", () => {
  test("keeps its value out of errors and rules, and stays sensitive through imports and rollbacks", async () => {
    const { store } = await openShared({ other: 1 });
    const spec = {
      name: "key",
      type: "string",
      value: "hunter2",
      constraints: { max_length: 8 },
      sensitive: true,
    } as const;
    expect((await store.registerVariable("owner", spec)).variable.sensitive).toBe(true);
    const long = await rejection(store.setVariable("owner", "key", "correct horse"), "constraint_violation");
    const kind = await rejection(store.setVariable("owner", "key", 12345), "validation_failed");
    const first = await rejection(
      store.registerVariable("owner", { ...spec, name: "k2", value: "a secret!" }),
      "constraint_violation",
    );
    for (const error of [long, kind, first]) {
      expect(JSON.stringify([error.message, error.details])).not.toMatch(/horse|12345|secret/);
      expect(error.details).not.toHaveProperty("value");
    }
    await store.putRule("owner", { name: "same", expression: "key == 'hunter2'" });
    const broken = await rejection(store.setVariable("owner", "key", "hunter3"), "rule_violation");
    expect(broken.message).toBe("rule same: key == 'hunter2' does not hold (key = …)");
    const narrower = store.updateVariable("owner", "key", { constraints: { max_length: 3 } });
    const odd = store.putRule("owner", { name: "odd", expression: "int(key) > 5" });
    const derivation = { kind: "expression", expression: "int(key)" } as const;
    const number = store.registerVariable("owner", { name: "number", type: "integer", derivation });
    const short = store.registerVariable("owner", {
      name: "short",
      type: "string",
      constraints: { max_length: 3 },
      derivation: { kind: "expression", expression: "key + '!'" },
    });
    const told = [
      await rejection(narrower, "constraint_violation"),
      await rejection(odd, "rule_violation"),
      await rejection(number, "derivation_failed"),
      await rejection(short, "constraint_violation"),
    ];
    expect(JSON.stringify(told.map(({ message, details }) => [message, details]))).not.toContain("hunter2");
    await store.importVariables("guest", await store.exportVariables("owner", { refs: ["key"] }));
    expect((await store.getVariable("guest", "key")).sensitive).toBe(true);
    const { revision } = await store.getSession("guest");
    await store.deleteVariable("guest", "key");
    await store.rollbackSession("guest", { kind: "revision", revision }, { restoreDeleted: true });
    expect((await store.getVariable("guest", "key")).sensitive).toBe(true);
  });

  test("keeps it out of errors that speak of what is derived from it, however far", async () => {
    const { store } = await openShared({});
    const derived = (name: string, expression: string, type = "string") =>
      store.registerVariable("owner", { name, type, derivation: { kind: "expression", expression } });
    await store.registerVariables("owner", [
      { name: "key", type: "string", value: "hunter2", sensitive: true },
      { name: "pin", type: "string", value: "hunter3", metadata: { sensitive: true } },
    ]);
    await derived("copy", "key");
    await derived("both", "copy + pin");
    const derivation = { kind: "expression", expression: "int(both)" } as const;
    await store.registerVariable("owner", { name: "late", type: "integer", value: 0, derivation });
    const short = { constraints: { max_length: 2 } };
    const told = [
      await rejection(store.putRule("owner", { name: "r", expression: "copy == ''" }), "rule_violation"),
      await rejection(store.putRule("owner", { name: "r", expression: "int(both) > 1" }), "rule_violation"),
      await rejection(derived("number", "int(copy)", "integer"), "derivation_failed"),
      await rejection(store.updateVariable("owner", "both", short), "constraint_violation"),
      await rejection(store.updateVariable("owner", "pin", short), "constraint_violation"),
    ].map(({ message, details }) => [message, details]);
    const checked = await store.validateRule("owner", "int(both) > 1");
    const { stale } = await store.getVariable("owner", "late");
    expect(stale?.cause).toContain("cannot be derived");
    expect(JSON.stringify([told, checked, stale])).not.toContain("hunter");
  });

  test("is not exported to those who may not read it, nor is its past told, and is to those who may", async () => {
    const { store, guest, grant } = await openShared({});
    await store.registerVariable("owner", { name: "key", type: "string", value: "hunter2", sensitive: true });
    await store.setVariable("owner", "key", "hunter3");
    await grant("key", "observe");
    for (const refused of [
      guest.exportVariables("guest", { refs: ["owner/key"] }),
      guest.exportVariables("owner", { refs: ["key"] }),
      guest.listVariableHistory("guest", "owner/key"),
    ]) {
      const error = await rejection(refused, "access_denied");
      expect(JSON.stringify([error.message, error.details])).not.toMatch(/hunter/);
    }
    await grant("key", "observe", "read");
    expect(JSON.stringify(await guest.exportVariables("guest", { refs: ["owner/key"] }))).toContain("hunter3");
    expect((await guest.listVariableHistory("guest", "owner/key")).items[0]?.value).toBe("hunter3");
  });

  test("is watched without its values by those who may not read it, and so is what comes of it", async () => {
    const { store, guest } = await openShared({});
    await store.setSessionPermissions("owner", [{ sessionPattern: "guest", permissions: ["observe"] }]);
    await store.registerVariable("owner", { name: "key", type: "float", value: 7, sensitive: true });
    const derivation = { kind: "expression", expression: "key * 2.0" } as const;
    await store.registerVariable("owner", { name: "double", type: "float", derivation });
    const events: unknown[] = [];
    const watch = guest
      .watch("guest", { refs: ["owner/key", "owner/double"] }, { oldValues: true })
      [Symbol.asyncIterator]();
    events.push((await watch.next()).value);
    await store.setVariable("owner", "key", 8);
    events.push((await watch.next()).value);
    expect(events).toMatchObject([
      {
        kind: "snapshot",
        variables: [
          { name: "key", value: null },
          { name: "double", value: null },
        ],
      },
      {
        kind: "changes",
        changes: [
          { name: "key", version: 1, value: null },
          { name: "double", value: null },
        ],
      },
    ]);
    expect(JSON.stringify(events)).not.toMatch(/"value":(7|8|14|16)/);
    const probe = guest.watch("guest", { refs: ["owner/key"] }, { filter: "new > 100.0", distinct: true });
    const probing = probe[Symbol.asyncIterator]();
    await probing.next();
    await store.setVariable("owner", "key", 8, { metadata: { note: "still eight" } });
    // A filter that cannot see the value lets every change through, and so tells nothing of it.
    const probed = (await probing.next()).value;
    expect(probed).toMatchObject({ kind: "changes", changes: [{ name: "key", value: null, metadata: {} }] });
    expect(JSON.stringify(probed)).not.toContain("unchanged");
    await probing.return?.();
    await watch.next();
    await store.setSessionPermissions("owner", [{ sessionPattern: "guest", permissions: ["observe", "read"] }]);
    expect((await watch.next()).value).toMatchObject({ kind: "reset", variables: [{ value: 8 }, { value: 16 }] });
    await watch.return?.();
  });
});

describe("a caller without any right", () => {
  const calls: Readonly<Record<string, (guest: Store, ref: string) => Promise<unknown>>> = {
    getVariable: (guest, ref) => guest.getVariable("guest", ref),
    getVariables: (guest, ref) => guest.getVariables("guest", [ref, ref]),
    setVariable: (guest, ref) => guest.setVariable("guest", ref, 3),
    setVariables: (guest, ref) => guest.setVariables("guest", { [ref]: 3, [`${ref}2`]: 3 }),
    "setVariables, each by itself": (guest, ref) => guest.setVariables("guest", { [ref]: 3 }, { atomic: false }),
    deleteVariables: (guest, ref) => guest.deleteVariables("guest", [ref], { allowMissing: true }),
    listVariableHistory: (guest, ref) => guest.listVariableHistory("guest", ref, { pageSize: -1 }),
    rollbackVariable: (guest, ref) => guest.rollbackVariable("guest", ref, { kind: "version", version: 7 }),
    exportVariables: (guest, ref) => guest.exportVariables("guest", { refs: [ref] }),
    listDependents: (guest, ref) => guest.listDependents("guest", ref),
    setDerivation: (guest, ref) => guest.setDerivation("guest", ref, { kind: "expression", expression: "y" }),
    startOptimization: (guest, ref) => guest.startOptimization("guest", [ref], { optimizer: "t" }),
    renewLease: (guest, ref) => guest.renewLease("guest", ref, { fencingToken: 1 }),
    stopOptimization: (guest, id) => guest.stopOptimization("guest", { kind: "optimization", id }),
    watch: (guest, ref) =>
      guest
        .watch("guest", { refs: [ref] })
        [Symbol.asyncIterator]()
        .next(),
  };

  test.each(Object.keys(calls))(
    "is told the same by %s whether sessions and what is in them are there or not",
    async (name) => {
      const { store, guest } = await openShared();
      const { optimization } = await store.startOptimization("owner", ["x"], { optimizer: "tuner" });
      const told = new Set<string>();
      for (const ref of ["owner/x", `owner/${optimization.id}`, "owner/absent", "nowhere/x"]) {
        const answer = await calls[name]?.(guest, ref).catch((error: unknown) =>
          isStoreError(error) ? { ...error.toRefusal(), items: [...error.items] } : error,
        );
        const words = JSON.stringify(answer, (_, each) => (each instanceof Map ? [...each] : each));
        told.add(words.replaceAll(ref, "it").replaceAll(/"session":"(owner|nowhere)"/g, ""));
      }
      expect([...told]).toHaveLength(1);
    },
  );
});
