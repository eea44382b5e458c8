import { DatabaseSync } from "node:sqlite";
import { type CommitLog, isLogError } from "@trimtab/log";
import { onTestFinished } from "vitest";
import { dataFolder } from "../data-folder.ts";
import { openSqliteLog, type SqliteLogDamage } from "../index.ts";

/** Text as an entry. */
export const bytes = (text: string) => new TextEncoder().encode(text);
/** What a read gives, as text. */
export const texts = async (log: CommitLog, stream: string, after = 0) => {
  const read = await log.read(stream, after);
  return read.kind === "trimmed" ? read : read.entries.map((entry) => new TextDecoder().decode(entry));
};

/** Opens a log until the test is over. */
export async function open(
  directory: string,
  options: { acceptLoss?: boolean; onDamage?: (one: SqliteLogDamage) => void } = {},
) {
  const sqlite = await openSqliteLog({ directory, ...options });
  onTestFinished(() => sqlite.close());
  return sqlite;
}

/** Changes the database by other means, as a careless hand or a bad disk would. */
export function change(directory: string, sql: string): void {
  const db = new DatabaseSync(dataFolder(directory).database, { enableForeignKeyConstraints: false });
  db.exec(sql);
  db.close();
}

/** The code of the error that something rejects with, or what else came of it. */
export const codeOf = async (work: Promise<unknown>) => {
  const error = await work.catch((thrown: unknown) => thrown);
  return isLogError(error) ? error.code : error;
};
