import { describe, expect, test } from "vitest";
import type { SessionPoint } from "../../index.ts";
import { type OpenStore, openSample, rejection } from "./harness.ts";

const atRevision = (revision: number): SessionPoint => ({ kind: "revision", revision });

/** Registers what a store promises of sessions that begin with what another was. */
export function describeForks(open: OpenStore): void {
  describe("forking a session", () => {
    test("starts another with the state of one point, and both go on alone", async () => {
      const { store } = await openSample(open);
      await store.updateSession("s", { metadata: { team: "x" }, ttlMs: 5_000_000 });
      await store.addDependency("s", { variable: "model", dependsOn: "temperature" });
      await store.setVariable("s", "temperature", 1);
      const fork = await store.forkSession("s", atRevision(4), { id: "t" });
      expect(fork).toMatchObject({ id: "t", revision: 1, metadata: { team: "x" }, ttlMs: 5_000_000 });
      expect(fork.stats.variableCount).toBe(2);
      const [there, here] = [await store.getVariable("t", "temperature"), await store.getVariable("s", "temperature")];
      expect(there).toMatchObject({ id: here.id, value: 0.7, version: 0, constraints: { min: 0, max: 2 } });
      expect((await store.listDependencies("t")).items).toHaveLength(1);
      await store.setVariable("t", "temperature", 0.2);
      expect(await store.getVariable("s", "temperature")).toEqual(here);
      await store.registerVariable("t", { name: "top_k", type: "integer", value: 5 });
      await rejection(store.getVariable("s", "top_k"), "not_found");
    });

    test("begins with all variables at its first revision, from which their differences are told", async () => {
      const { store } = await openSample(open);
      await store.setVariable("s", "temperature", 1);
      await store.forkSession("s", atRevision(3), { id: "t" });
      expect((await store.listVariables("t")).items.map(({ revision }) => revision)).toEqual([1, 1]);
      await store.setVariable("t", "model", "claude-3");
      await store.setVariable("t", "temperature", 1);
      const { items } = await store.diffRevisions("t", { before: atRevision(1) });
      expect(items.map(({ kind, before }) => `${kind} ${before?.name}`)).toEqual([
        "updated model",
        "changed temperature",
      ]);
    });

    test("keeps large values to roll back to", async () => {
      const { store } = await openSample(open);
      const prompt = "x".repeat(10_000);
      await store.registerVariable("s", { name: "prompt", type: "string", value: prompt });
      await store.forkSession("s", atRevision(3), { id: "t" });
      await store.setVariable("t", "prompt", "short");
      const { items } = await store.listVariableHistory("t", "prompt");
      expect(items.map(({ version, value }) => `${version} ${value}`)).toEqual(["1 short", `0 ${prompt}`]);
      await store.rollbackVariable("t", "prompt", { kind: "version", version: 0 });
      expect((await store.getVariable("t", "prompt")).value).toBe(prompt);
    });

    test("goes by time and label too, with what is said of the new one", async () => {
      const { store } = await openSample(open);
      const { updatedAtMs } = await store.setVariable("s", "temperature", 1);
      await store.setLabel("s", "good", { at: atRevision(2) });
      const byTime = await store.forkSession("s", { kind: "time", atMs: updatedAtMs }, { metadata: {}, ttlMs: 60_000 });
      expect(byTime).toMatchObject({ metadata: {}, ttlMs: 60_000 });
      expect((await store.getVariable(byTime.id, "temperature")).value).toBe(1);
      const byLabel = await store.forkSession("s", { kind: "label", label: "good" }, { metadata: { n: 1 } });
      expect(byLabel.metadata).toEqual({ n: 1 });
      expect((await store.getVariable(byLabel.id, "temperature")).value).toBe(0.7);
    });

    test("refuses a point that is none and an id that is taken, unless that is to be kept", async () => {
      const { store } = await openSample(open);
      for (const revision of [0, 9]) await rejection(store.forkSession("s", atRevision(revision)), "not_found");
      await rejection(store.forkSession("s", { kind: "label", label: "" }), "not_found");
      await rejection(store.forkSession("s", atRevision(2), { id: "s" }), "already_exists");
      expect(await store.forkSession("s", atRevision(2), { id: "s", ifExists: "keep" })).toMatchObject({ revision: 2 });
      await rejection(store.forkSession("nope", atRevision(1)), "session_not_found");
      expect((await store.listSessions()).items).toHaveLength(1);
    });
  });
}
