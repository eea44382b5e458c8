import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { backUpSqliteLog } from "@trimtab/log-sqlite";

/** A copy of a log's folder, of one moment, that nobody else has open. */
export interface TemporaryCopy {
  readonly directory: string;
  remove(): void;
}

/** Makes a copy among the machine's temporary files. Rejects with a `LogError` where there is no log or no room. */
export async function temporaryCopy(folder: string): Promise<TemporaryCopy> {
  const parent = mkdtempSync(join(tmpdir(), "trimtab-check-"));
  const remove = () => rmSync(parent, { recursive: true, force: true });
  const directory = join(parent, "copy");
  try {
    await backUpSqliteLog(folder, directory);
  } catch (error) {
    remove();
    throw error;
  }
  return { directory, remove };
}
