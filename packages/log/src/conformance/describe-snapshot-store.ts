import { describe, expect, test } from "vitest";
import type { SnapshotStore } from "../commit-log.ts";

/** Registers what every {@link SnapshotStore} must hold. `open` gives an empty one for each test. */
export function describeSnapshotStore(name: string, open: () => Promise<SnapshotStore>): void {
  const bytes = (text: string) => new TextEncoder().encode(text);

  describe(`SnapshotStore: ${name}`, () => {
    test("has nothing of a stream that was never saved", async () => {
      const snapshots = await open();
      expect(await snapshots.load("a")).toBeUndefined();
    });

    test("gives the latest snapshot of each stream", async () => {
      const snapshots = await open();
      await snapshots.save("a", 3, bytes("a3"));
      await snapshots.save("b", 1, bytes("b1"));
      await snapshots.save("a", 7, bytes("a7"));
      expect(await snapshots.load("a")).toEqual({ number: 7, data: bytes("a7") });
      expect(await snapshots.load("b")).toEqual({ number: 1, data: bytes("b1") });
    });

    test("forgets what was dropped, and only that", async () => {
      const snapshots = await open();
      await snapshots.save("a", 3, bytes("a3"));
      await snapshots.save("b", 1, bytes("b1"));
      await snapshots.drop("a");
      await snapshots.drop("never there");
      expect(await snapshots.load("a")).toBeUndefined();
      expect(await snapshots.load("b")).toBeDefined();
    });
  });
}
