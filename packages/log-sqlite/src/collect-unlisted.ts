import { DatabaseSync } from "node:sqlite";
import { isIntactRow } from "./chunks.ts";
import { checkSchema } from "./schema.ts";
import { countUses, nameOf } from "./verify-chunks.ts";

/**
 * Leaves chunks out of a copy that nothing lists, and counts the others as often as they are listed: of a row that was destroyed nobody knows
 * which it listed, so that they stay where it was. While a row cannot be read that may list some nothing is left out. For a copy
 * that is nobody's yet, since what a crash leaves of it is no database.
 */
export function collectUnlisted(file: string): void {
  const db = new DatabaseSync(file, { enableForeignKeyConstraints: false });
  try {
    if (checkSchema(db, file) < 3 || db.prepare("SELECT 1 FROM chunk LIMIT 1").get() === undefined) return;
    const listed = countUses(db);
    const counted = db.prepare("SELECT id, hash, uses FROM chunk").all();
    const wrong = counted.filter(({ hash, uses }) => Number(uses) > (listed.get(nameOf(hash)) ?? 0));
    if (wrong.length === 0 || !listsAreIntact(db)) return;
    db.exec("PRAGMA journal_mode = MEMORY; BEGIN");
    const recount = db.prepare("UPDATE chunk SET uses = ? WHERE id = ?");
    const removals = ["chunk", "chunk_data"].map((table) => db.prepare(`DELETE FROM ${table} WHERE id = ?`));
    for (const { id, hash } of wrong) {
      const uses = listed.get(nameOf(hash)) ?? 0;
      if (uses > 0) recount.run(uses, Number(id));
      else for (const remove of removals) remove.run(Number(id));
    }
    db.exec("COMMIT; VACUUM");
  } finally {
    db.close();
  }
}

function listsAreIntact(db: DatabaseSync): boolean {
  for (const table of ["entry", "snapshot"]) {
    const rows = db.prepare(
      `SELECT name AS stream, number, ${table}.checksum, data, whole FROM ${table} LEFT JOIN stream ON stream.id = ${table}.stream`,
    );
    for (const { stream, number, checksum, data, whole } of rows.iterate()) {
      if (!isIntactRow({ stream: String(stream), number: Number(number), checksum, data, whole: Number(whole) }))
        return false;
    }
  }
  return true;
}
