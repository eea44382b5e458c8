import { describe, expect, test } from "vitest";
import type { SnapshotStore } from "../commit-log.ts";
import { describeSnapshotArguments } from "./describe-log-arguments.ts";

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

    test("gives the latest snapshot that is not after an entry", async () => {
      const snapshots = await open();
      for (const number of [3, 7, 9]) await snapshots.save("a", number, bytes(`a${number}`));
      expect(await snapshots.load("a", 8)).toEqual({ number: 7, data: bytes("a7") });
      expect(await snapshots.load("a", 7)).toEqual({ number: 7, data: bytes("a7") });
      expect(await snapshots.load("a", 100)).toEqual({ number: 9, data: bytes("a9") });
      expect(await snapshots.load("a", 2)).toBeUndefined();
    });

    test("replaces a snapshot that was taken at the same entry", async () => {
      const snapshots = await open();
      await snapshots.save("a", 3, bytes("first"));
      await snapshots.save("a", 3, bytes("second"));
      expect(await snapshots.load("a")).toEqual({ number: 3, data: bytes("second") });
    });

    test("keeps, when trimmed, what the log after that point is replayed on", async () => {
      const snapshots = await open();
      for (const number of [3, 7, 9]) await snapshots.save("a", number, bytes(`a${number}`));
      expect(await snapshots.trim("a", 2)).toBe(0);
      expect(await snapshots.load("a", 3)).toBeDefined();
      expect(await snapshots.trim("a", 8)).toBe(7);
      expect(await snapshots.load("a", 6)).toBeUndefined();
      expect(await snapshots.load("a", 8)).toEqual({ number: 7, data: bytes("a7") });
      expect(await snapshots.load("a")).toEqual({ number: 9, data: bytes("a9") });
      expect(await snapshots.trim("never there", 8)).toBe(0);
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

    describeSnapshotArguments(open);
  });
}
