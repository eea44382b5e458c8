import { existsSync } from "node:fs";
import { dirname } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { pathToFileURL } from "node:url";
import { type DataFolder, dataFolder } from "./data-folder.ts";
import { EngineError, isUnmade } from "./failure.ts";
import { sizeOf } from "./file-size.ts";
import { keepFolder } from "./owner-lock.ts";
import { prepared } from "./prepared.ts";
import { obstacleIn } from "./probe.ts";

/**
 * Opens a database to be read, beside the one who writes to it. Where there is no room for what they share, or nothing may be written,
 * it is read as it stands, and nobody can take the folder meanwhile.
 */
export function openForReading(path: string): DatabaseSync {
  if (!existsSync(path)) throw new EngineError("unavailable", `${dirname(path)} holds no log`, { file: path });
  try {
    return connect(path);
  } catch (error) {
    if (!isUnmade(error)) throw error;
    return openAsItStands(dataFolder(dirname(path)), error);
  }
}

function connect(path: string | URL): DatabaseSync {
  const db = new DatabaseSync(path, { readOnly: true, timeout: 5000, enableForeignKeyConstraints: false });
  return prepared(db, () => {
    db.exec("PRAGMA cache_size = -16384");
    // The first look at the file makes what is shared with others.
    db.prepare("PRAGMA schema_version").get();
  });
}

/** As large as what SQLite makes to share a database. */
const sharedBytes = 64 << 10;

/** Opens a database that nobody can write to: all of it is in one file, and the folder is kept from others. */
function openAsItStands(folder: DataFolder, refusal: unknown): DatabaseSync {
  const isInOneFile = [folder.writeAheadLog, `${folder.database}-journal`].every((path) => sizeOf(path) === 0);
  const failure = obstacleIn(folder, sharedBytes);
  if (failure === undefined) throw refusal;
  const obstacle = new EngineError(failure.code, failure.message, failure.details);
  if (!isInOneFile) throw obstacle;
  const release = keepForReading(folder, obstacle);
  const url = pathToFileURL(folder.database);
  url.searchParams.set("immutable", "1");
  try {
    const db = connect(url);
    const close = db.close.bind(db);
    db.close = () => {
      close();
      release();
    };
    return db;
  } catch (error) {
    release();
    throw error;
  }
}

function keepForReading(folder: DataFolder, otherwise: EngineError): () => void {
  try {
    return keepFolder(folder).release;
  } catch {
    throw otherwise;
  }
}
