import { describe, expect, test } from "vitest";
import type { AccessRuleSpec, Store } from "../../index.ts";
import { type OpenStore, openSample, readWatch, rejection, type StoreFacts } from "./harness.ts";

const readers: AccessRuleSpec = { sessionPattern: "reader-*", permissions: ["read"] };

/** A sample whose temperature may be read by sessions called `reader-`, with one such session and one other. */
async function openShared(open: OpenStore): Promise<Store> {
  const { store } = await openSample(open);
  await store.createSession({ id: "reader-1", metadata: { team: "search" } });
  await store.createSession({ id: "stranger" });
  await store.setVariablePermissions("s", "temperature", [readers], { actor: "ada" });
  return store;
}

/** Registers what a store promises of access rules: who may do what, and how that is told. */
export function describeAccess(open: OpenStore, { access = false, expressions = false }: StoreFacts): void {
  describe("access rules", () => {
    test("of a variable are set, read and replaced, with defaults filled in", async () => {
      const { store } = await openSample(open);
      expect(await store.getVariablePermissions("s", "temperature")).toEqual({
        rules: [],
        revision: 0,
        updatedAtMs: 0,
        updatedBy: "",
      });
      const set = await store.setVariablePermissions("s", "temperature", [{ ...readers, conditions: { team: "x" } }], {
        actor: "ada",
      });
      expect(set).toMatchObject({ session: "s", revision: 3 });
      expect(set.permissions).toEqual({
        rules: [
          {
            id: "rule-1",
            sessionPattern: "reader-*",
            permissions: ["read"],
            conditions: { team: "x" },
            when: "",
            priority: 0,
            effect: "allow",
            description: "",
          },
        ],
        revision: 3,
        updatedAtMs: expect.any(Number),
        updatedBy: "ada",
      });
      expect(await store.getVariablePermissions("s", "temperature")).toEqual(set.permissions);
      expect((await store.getVariable("s", "temperature")).permissions).toEqual(set.permissions);
      await store.setVariablePermissions("s", "temperature", []);
      expect(await store.getVariablePermissions("s", "temperature")).toMatchObject({ rules: [], revision: 4 });
    });

    test("of a session are set and read, and any is another word for every session", async () => {
      const { store } = await openSample(open);
      const { permissions } = await store.setSessionPermissions("s", [
        { id: "all", sessionPattern: "any", permissions: ["observe", "read"], effect: "deny", priority: -3 },
      ]);
      expect(permissions.rules[0]).toMatchObject({ id: "all", sessionPattern: "*", permissions: ["read", "observe"] });
      expect(await store.getSessionPermissions("s")).toEqual(permissions);
      expect(await store.getSessionPermissions("s", { at: { kind: "revision", revision: 2 } })).toMatchObject({
        rules: [],
        revision: 0,
      });
    });

    test("come with a registration, are watched like other changes, and are in the history", async () => {
      const { store } = await openSample(open);
      const spec = { name: "shared", type: "integer", value: 1, accessRules: [readers] } as const;
      const { variable } = await store.registerVariable("s", spec);
      expect(variable.permissions).toMatchObject({ rules: [{ sessionPattern: "reader-*" }], revision: 3 });
      const watch = readWatch(store.watch("s", { refs: ["shared"] }));
      await watch.next();
      await store.setVariablePermissions("s", "shared", []);
      const { changes } = await watch.nextOf("changes");
      expect(changes).toMatchObject([{ kind: "changed", name: "shared", variable: { permissions: { rules: [] } } }]);
      await watch.close();
      const before = await store.getVariablePermissions("s", "shared", { at: { kind: "revision", revision: 3 } });
      expect(before.rules).toHaveLength(1);
      await store.setSessionPermissions("s", [readers]);
      const [commit] = (await store.listCommits("s")).items;
      expect(commit?.events).toEqual(["session-permissions-set"]);
    });

    test("are replaced only where they stand where they are expected", async () => {
      const { store } = await openSample(open);
      await store.setVariablePermissions("s", "temperature", [readers], { expectedRevision: 0 });
      const stale = store.setVariablePermissions("s", "temperature", [], { expectedRevision: 0 });
      expect((await rejection(stale, "revision_mismatch")).details).toEqual({ session: "s", expected: 0, actual: 3 });
      await rejection(store.setSessionPermissions("s", [], { expectedRevision: 3 }), "revision_mismatch");
      await store.setSessionPermissions("s", [readers], { expectedRevision: 0 });
    });

    test("are taken back by a rollback that is told to, and by no other", async () => {
      const { store } = await openSample(open);
      await store.setVariablePermissions("s", "temperature", [readers]);
      await store.setSessionPermissions("s", [readers]);
      await store.setVariablePermissions("s", "temperature", []);
      await store.setSessionPermissions("s", []);
      const to = { kind: "revision", revision: 4 } as const;
      await store.rollbackSession("s", to, { restoreSurroundings: true });
      expect((await store.getVariablePermissions("s", "temperature")).rules).toEqual([]);
      await store.rollbackSession("s", to, { restorePermissions: true });
      expect(await store.getVariablePermissions("s", "temperature")).toMatchObject({
        rules: [{ sessionPattern: "reader-*" }],
        revision: 7,
      });
      expect((await store.getSessionPermissions("s")).rules).toHaveLength(1);
      // What is as it was is not set again.
      await store.rollbackSession("s", { kind: "revision", revision: 7 }, { restorePermissions: true });
      expect(await store.getSession("s")).toMatchObject({ revision: 7 });
    });

    test("stay where they are: a fork and an import start without", async () => {
      const store = await openShared(open);
      await store.setSessionPermissions("s", [readers]);
      await store.forkSession(
        "s",
        { kind: "label", label: (await store.setLabel("s", "now")).label.name },
        { id: "f" },
      );
      expect((await store.getSessionPermissions("f")).rules).toEqual([]);
      expect((await store.getVariablePermissions("f", "temperature")).rules).toEqual([]);
      const exported = await store.exportVariables("s");
      expect(exported.variables.every(({ permissions }) => permissions === undefined)).toBe(true);
      await store.importVariables("stranger", exported);
      expect((await store.getVariablePermissions("stranger", "temperature")).rules).toEqual([]);
    });

    const wrong: [string, Partial<AccessRuleSpec>, string][] = [
      ["no permissions", { permissions: [] }, "rules[0].permissions"],
      ["an empty pattern", { sessionPattern: "" }, "rules[0].sessionPattern"],
      ["a pattern with a slash", { sessionPattern: "a/b" }, "rules[0].sessionPattern"],
      ["too long a pattern", { sessionPattern: "*".repeat(256) }, "rules[0].sessionPattern"],
      ["an id with a control character", { id: "a\u0000" }, "rules[0].id"],
    ];
    test("that say too much of something are refused by how much", async () => {
      const { store } = await openSample(open);
      const rule = { ...readers, description: "x".repeat(16_385) };
      const { details } = await rejection(store.setSessionPermissions("s", [rule]), "invalid_argument");
      expect(details).toEqual({ field: "rules[0].description", limit: 16_384, value: 16_385 });
    });

    test.each(wrong)("with %s are refused by name", async (_, part, field) => {
      const { store } = await openSample(open);
      const error = await rejection(store.setSessionPermissions("s", [{ ...readers, ...part }]), "invalid_argument");
      expect(error.details.field).toBe(field);
      expect((await store.getSessionPermissions("s")).revision).toBe(0);
    });

    test("are refused where two have one id, and where there are more than 100", async () => {
      const { store } = await openSample(open);
      const twice = [
        { ...readers, id: "a" },
        { ...readers, id: "a" },
      ];
      const error = await rejection(store.setVariablePermissions("s", "temperature", twice), "invalid_argument");
      expect(error.details.field).toBe("rules[1].id");
      const many = Array.from({ length: 101 }, () => readers);
      const limited = await rejection(store.setSessionPermissions("s", many), "invalid_argument");
      expect(limited.details).toMatchObject({ field: "rules", limit: 100, value: 101 });
      await store.setSessionPermissions("s", many.slice(1));
      await rejection(store.setVariablePermissions("s", "nothing", []), "not_found");
    });

    test.runIf(expressions)(
      "with a condition that cannot be read, or speaks of something else, are refused",
      async () => {
        const { store } = await openSample(open);
        const set = (when: string) => store.setSessionPermissions("s", [{ ...readers, when }]);
        await rejection(set("caller.roles.exists("), "invalid_expression");
        expect((await rejection(set("temperature > 1.0"), "invalid_expression")).message).toContain("temperature");
        await set("'admin' in caller.roles && variable.name == 'temperature' && permission == 'read'");
      },
    );
  });

  if (access) describeQuestions(open);
}

/** What only a store that judges access can answer. */
function describeQuestions(open: OpenStore): void {
  describe("questions of access", () => {
    test("are answered for a session's own variables and for those of others", async () => {
      const store = await openShared(open);
      expect(await store.checkAccess("s", "model", "optimize")).toBe(true);
      expect(await store.checkAccess("reader-1", "s/temperature", "read")).toBe(true);
      expect(await store.checkAccess("reader-1", "s/temperature", "write")).toBe(false);
      expect(await store.checkAccess("stranger", "s/temperature", "read")).toBe(false);
      expect(await store.checkAccess("stranger", "s/nothing", "read")).toBe(false);
      expect(await store.checkAccess("stranger", "nowhere/nothing", "read")).toBe(false);
      await rejection(store.checkAccess("stranger", "nothing", "read"), "not_found");
      await rejection(store.checkAccess("nowhere", "s/temperature", "read"), "session_not_found");
      const questions = ["s/temperature", "s/model", "mine"].map((ref) => ({ ref, permission: "read" }) as const);
      expect(await store.checkAccesses("reader-1", questions)).toEqual([true, false, false]);
    });

    test("list what is shared, by session and name, in pages", async () => {
      const store = await openShared(open);
      await store.setSessionPermissions("stranger", [{ sessionPattern: "*", permissions: ["observe"] }]);
      await store.registerVariable("stranger", { name: "b", type: "integer", value: 1 });
      await store.registerVariable("stranger", { name: "a", type: "integer", value: 1 });
      const all = await store.listAccessible("reader-1");
      expect(all.items.map(({ owner, name, permissions }) => [owner, name, permissions])).toEqual([
        ["s", "temperature", ["read"]],
        ["stranger", "a", ["observe"]],
        ["stranger", "b", ["observe"]],
      ]);
      const first = await store.listAccessible("reader-1", { pageSize: 2 });
      const rest = await store.listAccessible("reader-1", { pageToken: first.nextPageToken ?? "" });
      expect([...first.items, ...rest.items]).toEqual(all.items);
      const observed = await store.listAccessible("reader-1", { permission: "observe", pattern: "a*" });
      expect(observed.items.map(({ name }) => name)).toEqual(["a"]);
      expect((await store.listAccessible("reader-1", { ownerPattern: "s" })).items).toHaveLength(1);
    });

    test("are explained rule by rule", async () => {
      const store = await openShared(open);
      await store.setSessionPermissions("s", [
        { id: "stop", sessionPattern: "reader-1", permissions: ["read", "write"], effect: "deny", priority: 5 },
        { id: "later", sessionPattern: "*", permissions: ["read"], conditions: { team: "ads" } },
      ]);
      const why = await store.explainAccess("s", "temperature", { permission: "read", subject: "reader-1" });
      expect(why).toMatchObject({ allowed: false, basis: "rule", rule: { id: "stop" } });
      expect(
        why.verdicts.map(({ rule, sessionWide, matched, whyNot }) => [rule.id, sessionWide, matched, whyNot]),
      ).toEqual([
        ["stop", true, true, ""],
        ["rule-1", false, true, "rule stop counts before it"],
        ["later", true, false, "the caller's team is not as its conditions say"],
      ]);
      const [asked, caller] = [{ permission: "read", subject: "reader-2" } as const, { attributes: { team: "ads" } }];
      expect(await store.explainAccess("s", "model", asked)).toMatchObject({ allowed: false, basis: "no-rule" });
      const supposed = await store.explainAccess("s", "model", { ...asked, caller });
      expect(supposed).toMatchObject({ allowed: true, rule: { id: "later" } });
      const everyone = { roles: Array<string>(1001).fill("admin") };
      const refused = await rejection(
        store.explainAccess("s", "model", { ...asked, caller: everyone }),
        "limit_exceeded",
      );
      expect(refused.details).toEqual({ field: "caller.roles", limit: 1000, value: 1001 });
      const own = await store.explainAccess("s", "temperature", { permission: "write", subject: "s" });
      expect(own).toMatchObject({ allowed: true, basis: "owner" });
      const none = await store.explainAccess("s", "model", { permission: "write", subject: "nowhere" });
      expect(none).toMatchObject({ allowed: false, basis: "no-rule" });
      await rejection(store.explainAccess("s", "nothing", { permission: "read", subject: "s" }), "not_found");
    });
  });
}
