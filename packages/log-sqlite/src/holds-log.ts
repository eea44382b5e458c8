import { dataFolder } from "./data-folder.ts";
import { sizeOf } from "./file-size.ts";
import { folderPath } from "./folder-path.ts";
import { openForReading } from "./open-for-reading.ts";
import { isEmpty } from "./schema.ts";
import { readWatermark } from "./watermark.ts";

/**
 * Says whether there is a log in a folder, or what shows that there was one. A folder that a process was about to make a log in, and had
 * no time to, holds none.
 */
export function holdsLog(directory: string): boolean {
  const { database, writeAheadLog, watermark } = dataFolder(folderPath("directory", directory));
  if (readWatermark(watermark) > 0) return true;
  if (sizeOf(database) === 0) return sizeOf(writeAheadLog) > 0;
  try {
    const db = openForReading(database);
    try {
      return !isEmpty(db);
    } finally {
      db.close();
    }
  } catch {
    // What it cannot be read for is told when it is read.
    return true;
  }
}
