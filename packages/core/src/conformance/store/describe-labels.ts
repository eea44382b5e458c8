import { describe, expect, test } from "vitest";
import type { Store } from "../../index.ts";
import { type OpenStore, openSample, rejection } from "./harness.ts";

async function openLabelled(open: OpenStore): Promise<Store> {
  const { store } = await openSample(open);
  await store.setVariable("s", "temperature", 1);
  await store.setLabel("s", "production", { description: "what runs", actor: "ada" });
  return store;
}

/** Registers what a store promises of labels on revisions. */
export function describeLabels(open: OpenStore): void {
  describe("labels", () => {
    test("stand on a revision, and move", async () => {
      const store = await openLabelled(open);
      const label = await store.getLabel("s", "production");
      expect(label).toMatchObject({
        revision: 3,
        protected: false,
        description: "what runs",
        updatedBy: "ada",
      });
      const moved = await store.setLabel("s", "production", { at: { kind: "revision", revision: 2 } });
      expect(moved.revision).toBe(5);
      expect(moved.label).toMatchObject({ revision: 2, description: "what runs", createdAtMs: label.createdAtMs });
      expect(moved.label.updatedAtMs).toBeGreaterThan(label.updatedAtMs);
      const other = await store.setLabel("s", "canary", { at: { kind: "label", label: "production" } });
      expect(other.label.revision).toBe(2);
      await rejection(store.setLabel("s", "canary", { at: { kind: "revision", revision: 99 } }), "not_found");
      await rejection(store.setLabel("s", ""), "invalid_argument");
    });

    test("are listed by name, by glob and in pages, and deleted", async () => {
      const store = await openLabelled(open);
      await store.setLabel("s", "canary");
      expect((await store.listLabels("s")).items.map(({ name }) => name)).toEqual(["canary", "production"]);
      expect((await store.listLabels("s", { pattern: "p*" })).items.map(({ name }) => name)).toEqual(["production"]);
      const first = await store.listLabels("s", { pageSize: 1 });
      const rest = await store.listLabels("s", { pageToken: first.nextPageToken ?? "" });
      expect(rest.items.map(({ name }) => name)).toEqual(["production"]);
      await store.deleteLabel("s", "canary");
      expect((await rejection(store.getLabel("s", "canary"), "not_found")).details).toEqual({
        resource: "label",
        id: "canary",
      });
      await rejection(store.deleteLabel("s", "canary"), "not_found");
      await store.deleteLabel("s", "canary", { allowMissing: true });
    });

    test("that are protected stay where they are unless told so", async () => {
      const store = await openLabelled(open);
      await store.setLabel("s", "production", { protected: true });
      const error = await rejection(store.setLabel("s", "production"), "label_protected");
      expect(error).toMatchObject({ code: "failed_precondition", details: { label: "production" } });
      await rejection(store.deleteLabel("s", "production"), "label_protected");
      const at = { kind: "revision", revision: 2 } as const;
      const { label } = await store.setLabel("s", "production", { at, overrideProtection: true });
      expect(label).toMatchObject({ revision: 2, protected: true, description: "what runs" });
      const unprotected = await store.setLabel("s", "production", { protected: false, overrideProtection: true });
      expect(unprotected.label.protected).toBe(false);
      await store.deleteLabel("s", "production");
    });

    test("move only from where they are expected", async () => {
      const store = await openLabelled(open);
      const stale = store.setLabel("s", "production", { expectedRevision: 2 });
      expect((await rejection(stale, "revision_mismatch")).details).toEqual({ session: "s", expected: 2, actual: 3 });
      await store.setLabel("s", "production", { expectedRevision: 3 });
      await rejection(store.setLabel("s", "production", { expectedRevision: 0 }), "revision_mismatch");
      await store.setLabel("s", "new", { expectedRevision: 0 });
    });
  });
}
