import type { DatabaseSync } from "node:sqlite";
import { expect, onTestFinished, test } from "vitest";
import { dataFolder } from "./data-folder.ts";
import { openDatabase } from "./open-database.ts";
import { sectionOf } from "./packed-data.ts";
import { temporaryFolder } from "./test-parts/temporary-folder.ts";
import { readWatermark } from "./watermark.ts";
import { createWriter } from "./writer.ts";

function openWriter() {
  const folder = dataFolder(temporaryFolder());
  const { db, watermark, close } = openDatabase(folder, { acceptLoss: false });
  onTestFinished(close);
  return { db, folder, writer: createWriter(db, folder, watermark) };
}

/** SQLite's numbers: 1 for NORMAL, which leaves commits in the system's memory, 2 for FULL, which flushes them. */
const synchronousOf = (db: DatabaseSync) => db.prepare("PRAGMA synchronous").get()?.["synchronous"];

test("a sweep need not reach the disk, and whatever is written after it must", () => {
  const { db, writer } = openWriter();
  const during: unknown[] = [];
  db.function("note_synchronous", () => {
    during.push(synchronousOf(db));
    return null;
  });
  db.exec("CREATE TEMP TRIGGER noted BEFORE DELETE ON main.entry BEGIN SELECT note_synchronous(); END");
  const append = { kind: "append", stream: "s", after: 0, count: 2, notes: undefined } as const;
  writer.commit([append, { kind: "trim", stream: "s", through: 1 }], [new Uint8Array(3), new Uint8Array(3)]);
  expect(writer.sweep()).toBe(true);
  expect([during, synchronousOf(db)]).toEqual([[1], 2]);
});

test("a sweep that fails leaves writes as durable as they were", () => {
  const { db, writer } = openWriter();
  const append = { kind: "append", stream: "s", after: 0, count: 2, notes: undefined } as const;
  writer.commit([append, { kind: "trim", stream: "s", through: 1 }], [new Uint8Array(3), new Uint8Array(3)]);
  db.exec("CREATE TEMP TRIGGER failing BEFORE DELETE ON main.entry BEGIN SELECT raise(ABORT, 'no'); END");
  expect(() => writer.sweep()).toThrow("no");
  expect(synchronousOf(db)).toBe(2);
});

test("a commit that was expected is made in the transaction that was begun for it, and large data in one of its own", () => {
  const { db, writer } = openWriter();
  const append = (after: number) => ({ kind: "append", stream: "s", after, count: 1, notes: undefined }) as const;
  writer.expectCommit();
  expect([db.isTransaction, writer.expectingMs() > 0]).toEqual([true, true]);
  expect(writer.commit([append(0)], [new Uint8Array(3)])).toEqual([true]);
  expect([db.isTransaction, writer.expectingMs()]).toEqual([false, 0]);
  writer.expectCommit();
  const chunk = new Uint8Array(5 << 20);
  expect(writer.commit([append(1)], [{ bytes: chunk.length, each: [sectionOf(chunk)] }])).toEqual([true]);
  // What that left in the write-ahead log is moved first.
  writer.expectCommit();
  expect(db.isTransaction).toBe(false);
});

test("what is committed counts as acknowledged once that is noted", () => {
  const { folder, writer } = openWriter();
  writer.commit(
    [{ kind: "append", stream: "s", after: 0, count: 2, notes: undefined }],
    [new Uint8Array(3), new Uint8Array(3)],
  );
  expect(readWatermark(folder.watermark)).toBe(0);
  writer.note();
  expect(readWatermark(folder.watermark)).toBe(2);
});
