import { rmSync, writeFileSync } from "node:fs";
import type { DataFolder } from "./data-folder.ts";
import { type Failure, toFailure } from "./failure.ts";

/** What keeps a file of so many bytes from being made in a folder, if anything does: SQLite says no more than that it was not. */
export function obstacleIn({ probe, database }: DataFolder, bytes: number): Failure | undefined {
  try {
    writeFileSync(probe, new Uint8Array(bytes));
    return undefined;
  } catch (error) {
    return toFailure(error, database);
  } finally {
    rmSync(probe, { force: true });
  }
}
