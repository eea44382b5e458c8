import type { DatabaseSync } from "node:sqlite";
import { expect, onTestFinished, test } from "vitest";
import { dataFolder } from "./data-folder.ts";
import { openDatabase } from "./open-database.ts";
import { temporaryFolder } from "./test-parts/temporary-folder.ts";
import { createWriter } from "./writer.ts";

function openWriter() {
  const folder = dataFolder(temporaryFolder());
  const { db, watermark, close } = openDatabase(folder, { acceptLoss: false });
  onTestFinished(close);
  return { db, writer: createWriter(db, folder, watermark) };
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
