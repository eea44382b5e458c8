import { statSync } from "node:fs";
import type { DataFolder } from "./data-folder.ts";
import { EngineError } from "./failure.ts";

/** How often is looked, in milliseconds: what is written in between would go with the file. */
const lookMs = 1000;

/**
 * Makes what throws `unavailable` where the database that is open is no longer the one in the folder. A file that was removed goes on to
 * take writes, and is gone with the last who has it open.
 */
export function createPlaceCheck({ database, directory }: DataFolder): () => void {
  const { dev, ino } = statSync(database);
  const isInPlace = (): boolean => {
    try {
      const found = statSync(database, { throwIfNoEntry: false });
      return found?.dev === dev && found.ino === ino;
    } catch {
      // A disk that does not let anybody look says so when it is written to.
      return true;
    }
  };
  let lookAt = performance.now() + lookMs;
  return () => {
    if (performance.now() < lookAt) return;
    if (!isInPlace()) {
      const message = `${database} was removed or replaced while it was open, and takes no writes until it is in its place`;
      throw new EngineError("unavailable", message, { directory, file: database });
    }
    lookAt = performance.now() + lookMs;
  };
}
