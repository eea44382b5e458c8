import { describe, expect, test } from "vitest";
import { isStoreError } from "../../index.ts";
import { type OpenStore, openSample, rejection } from "./harness.ts";

/** Registers what a store promises of sessions: their beginning, their time to live and their end. */
export function describeSessions(open: OpenStore): void {
  describe("sessions", () => {
    test("a new one has an id, an hour to live and nothing in it", async () => {
      const { store } = await open();
      const session = await store.createSession();
      expect(session.id).toMatch(/^[0-9a-f-]{36}$/);
      expect(session).toMatchObject({ revision: 1, ttlMs: 3_600_000, metadata: {} });
      expect(session.stats).toMatchObject({
        variableCount: 0,
        programCount: 0,
        totalVariableUpdates: 0,
        totalItems: 0,
      });
      expect(session.lastAccessedAtMs).toBeGreaterThanOrEqual(session.createdAtMs);
      expect(await store.getSession(session.id)).toMatchObject({ id: session.id, epoch: session.epoch });
    });

    test("an id is taken once, and kept where asked", async () => {
      const { store } = await open();
      const first = await store.createSession({ id: "a", metadata: { team: "x" } });
      const error = await rejection(store.createSession({ id: "a" }), "already_exists");
      expect(error.details).toEqual({ resource: "session", id: "a" });
      const kept = await store.createSession({ id: "a", ifExists: "keep", metadata: { team: "y" } });
      expect(kept).toMatchObject({ epoch: first.epoch, revision: 1, metadata: { team: "x" } });
    });

    test.each([
      ["an empty id", { id: "" }, "session"],
      ["a slash", { id: "a/b" }, "session"],
      ["a control character", { id: "a\nb" }, "session"],
      ["a long id", { id: "a".repeat(256) }, "session"],
      ["no time to live", { id: "a", ttlMs: 0 }, "ttlMs"],
      ["a time to live beyond all", { id: "a", ttlMs: 1e18 }, "ttlMs"],
    ])("refuses %s and creates nothing", async (_, options, field) => {
      const { store } = await open();
      const error = await rejection(store.createSession(options), "invalid_argument");
      expect(error.details.field).toBe(field);
      expect((await store.listSessions()).items).toEqual([]);
    });

    test("an unknown one is not found, by every operation", async () => {
      const { store } = await open();
      const attempts = [
        store.getSession("nope"),
        store.touchSession("nope"),
        store.updateSession("nope", { ttlMs: 1 }),
        store.deleteSession("nope"),
        store.registerVariable("nope", { name: "x", type: "float", value: 1 }),
        store.getVariable("nope", "x"),
        store.getVariables("nope", ["x"]),
        store.listVariables("nope"),
        store.setVariable("nope", "x", 1),
        store.setVariables("nope", { x: 1 }),
        store.deleteVariable("nope", "x"),
        store.putProgram("nope", "p", {}),
        store.getProgram("nope", "p"),
        store.listPrograms("nope"),
        store.watch("nope")[Symbol.asyncIterator]().next(),
        store.addDependency("nope", { variable: "x", dependsOn: "y" }),
        store.listDependencies("nope"),
        store.recomputeVariables("nope"),
        store.deleteRule("nope", "r"),
        store.listRules("nope"),
        store.checkRules("nope"),
        store.putConfigurationSpace("nope", { name: "c", variables: ["x"] }),
        store.getConfiguration("nope", "c"),
        store.applyConfiguration("nope", "c", { x: 1 }),
        store.listVariableHistory("nope", "x"),
        store.getVariableAt("nope", "x", { kind: "version", version: 0 }),
        store.getSessionAt("nope", { kind: "revision", revision: 1 }),
        store.rollbackVariable("nope", "x", { kind: "version", version: 0 }),
        store.rollbackSession("nope", { kind: "revision", revision: 1 }),
        store.forkSession("nope", { kind: "revision", revision: 1 }),
        store.listCommits("nope"),
        store.setLabel("nope", "l"),
        store.listLabels("nope"),
      ];
      const errors = await Promise.all(attempts.map((attempt) => rejection(attempt, "session_not_found")));
      for (const error of errors) {
        expect(error).toMatchObject({
          code: "not_found",
          message: "Session 'nope' not found",
          details: { session: "nope" },
        });
      }
    });

    test("metadata and time to live can be replaced, each alone", async () => {
      const { store } = await open();
      await store.createSession({ id: "a", metadata: { team: "x" }, ttlMs: 5000 });
      expect(await store.updateSession("a", { ttlMs: 9000 })).toMatchObject({ ttlMs: 9000, metadata: { team: "x" } });
      expect(await store.updateSession("a", { metadata: { n: 1 } })).toMatchObject({ ttlMs: 9000, metadata: { n: 1 } });
    });

    test("deleting takes everything along, and the id can be used again as another session", async () => {
      const { store } = await openSample(open);
      const before = await store.getSession("s");
      await store.deleteSession("s");
      await rejection(store.getVariable("s", "temperature"), "session_not_found");
      await rejection(store.deleteSession("s"), "session_not_found");
      await store.deleteSession("s", { allowMissing: true });
      const again = await store.createSession({ id: "s" });
      expect(again.epoch).not.toBe(before.epoch);
      expect((await store.listVariables("s")).items).toEqual([]);
    });

    test("lists the live ones, oldest first, by glob and in pages", async () => {
      const { store } = await open();
      for (const id of ["b-1", "a-1", "b-2", "b-3"]) await store.createSession({ id });
      await store.deleteSession("b-2");
      expect((await store.listSessions()).items.map((s) => s.id)).toEqual(["b-1", "a-1", "b-3"]);
      expect((await store.listSessions({ pattern: "b-*" })).items.map((s) => s.id)).toEqual(["b-1", "b-3"]);
      const first = await store.listSessions({ pageSize: 2 });
      expect(first.items).toHaveLength(2);
      const rest = await store.listSessions({
        pageSize: 2,
        ...(first.nextPageToken && { pageToken: first.nextPageToken }),
      });
      expect(rest.items.map((s) => s.id)).toEqual(["b-3"]);
      expect(rest.nextPageToken).toBeUndefined();
      await rejection(store.listSessions({ pageSize: 1001 }), "invalid_argument");
      await rejection(store.listSessions({ pageToken: "nonsense" }), "invalid_argument");
    });

    test("counts variables, programs and updates", async () => {
      const { store } = await openSample(open);
      await store.setVariable("s", "temperature", 0.8);
      await store.putProgram("s", "p", { steps: ["a"] });
      await store.putProgram("s", "p", { steps: ["b"] });
      const { stats } = await store.getSession("s");
      expect(stats).toMatchObject({ variableCount: 2, programCount: 1, totalVariableUpdates: 3, totalItems: 3 });
      await store.deleteVariable("s", "model");
      expect((await store.getSession("s")).stats.variableCount).toBe(1);
    });
  });

  describe("expiry", () => {
    test("a session outlives its time to live only while it is accessed or watched", async (context) => {
      const { store, advance } = await openSample(open);
      if (advance === undefined) return context.skip("this store's clock cannot be moved");
      await store.updateSession("s", { ttlMs: 60_000 });
      advance(50_000);
      await store.getVariable("s", "temperature");
      advance(50_000);
      await store.touchSession("s");
      const watch = store.watch("s")[Symbol.asyncIterator]();
      await watch.next();
      advance(100_000);
      await store.touchSession("s");
      await watch.return?.();
      // Far away it takes a moment until a watch that was left is noticed to be gone; until then it counts.
      let error: unknown;
      while (!isStoreError(error)) {
        await new Promise((resolve) => setTimeout(resolve, 5));
        advance(60_001);
        error = await store.getVariable("s", "temperature").catch((caught: unknown) => caught);
      }
      expect(error.reason).toBe("session_expired");
      expect(error.code).toBe("not_found");
      await rejection(store.setVariable("s", "temperature", 1), "session_expired");
      expect((await store.listSessions()).items).toEqual([]);
      expect(await store.createSession({ id: "s" })).toMatchObject({ stats: { variableCount: 0 } });
    });

    test("counts from when a session was last watched, too", async (context) => {
      const { store, advance } = await openSample(open);
      if (advance === undefined) return context.skip("this store's clock cannot be moved");
      await store.updateSession("s", { ttlMs: 60_000 });
      const watch = store.watch("s")[Symbol.asyncIterator]();
      await watch.next();
      advance(100_000);
      await watch.return?.();
      advance(50_000);
      expect((await store.getVariable("s", "temperature")).value).toBe(0.7);
    });
  });

  describe("programs", () => {
    test("are stored, replaced, read, listed and deleted", async () => {
      const { store } = await open();
      await store.createSession({ id: "s" });
      const body = { steps: ["a", { deep: [1, 2.5, true, null] }], big: 2n ** 60n };
      await store.putProgram("s", "plan", body);
      expect((await store.getProgram("s", "plan")).body).toEqual(body);
      await store.putProgram("s", "plan", { steps: [] });
      await store.putProgram("s", "other", {});
      expect((await store.listPrograms("s")).items.map((p) => [p.id, p.body])).toEqual([
        ["plan", { steps: [] }],
        ["other", {}],
      ]);
      await store.deleteProgram("s", "plan");
      const error = await rejection(store.getProgram("s", "plan"), "not_found");
      expect(error.details).toEqual({ resource: "program", id: "plan" });
      await rejection(store.deleteProgram("s", "plan"), "not_found");
      await store.deleteProgram("s", "plan", { allowMissing: true });
    });
  });
}
