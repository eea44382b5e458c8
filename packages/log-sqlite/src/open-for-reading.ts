import { existsSync, rmSync, writeFileSync } from "node:fs";
import { dirname } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { pathToFileURL } from "node:url";
import { type DataFolder, dataFolder } from "./data-folder.ts";
import { EngineError, isUnmade, toFailure } from "./failure.ts";
import { sizeOf } from "./file-size.ts";
import { keepFolder } from "./owner-lock.ts";

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
  try {
    db.exec("PRAGMA cache_size = -16384");
    // The first look at the file makes what is shared with others.
    db.prepare("PRAGMA schema_version").get();
    return db;
  } catch (error) {
    db.close();
    throw error;
  }
}

/** Opens a database that nobody can write to: all of it is in one file, and the folder is kept from others. */
function openAsItStands(folder: DataFolder, refusal: unknown): DatabaseSync {
  const isInOneFile = [folder.writeAheadLog, `${folder.database}-journal`].every((path) => sizeOf(path) === 0);
  const obstacle = obstacleIn(folder);
  if (obstacle === undefined) throw refusal;
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

/** As large as what SQLite makes to share a database. */
const probeBytes = 64 << 10;

/** What keeps files from being made in a folder, if anything does: SQLite says no more than that they were not. */
function obstacleIn({ probe, database }: DataFolder): EngineError | undefined {
  try {
    writeFileSync(probe, new Uint8Array(probeBytes));
    return undefined;
  } catch (error) {
    const { code, message, details } = toFailure(error, database);
    return new EngineError(code, message, details);
  } finally {
    rmSync(probe, { force: true });
  }
}
