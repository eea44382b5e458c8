import { DatabaseSync } from "node:sqlite";
import { EngineError } from "./failure.ts";
import { prepared } from "./prepared.ts";

/** "Trtb" in the file's header, by which `file` and this package know the database for what it is. */
const applicationId = 0x54727462;

/**
 * What a database of version 1 holds; what {@link migrations} add makes the present version. Entries lie together by stream, so that loading one reads neighbouring pages. `checksum`
 * is a CRC-32: see `checksumOf`. Times are milliseconds since 1970 by the writer's clock and decide nothing.
 */
const schema = `
CREATE TABLE log (                     -- one row
  position INTEGER NOT NULL            -- how many entries were ever appended
) STRICT;
INSERT INTO log VALUES (0);

CREATE TABLE stream (
  id INTEGER PRIMARY KEY,
  name TEXT NOT NULL UNIQUE,
  trimmed INTEGER NOT NULL,            -- entries up to this number are forgotten
  checksum INTEGER NOT NULL            -- of this row
) STRICT;

CREATE TABLE entry (
  stream INTEGER NOT NULL REFERENCES stream (id),
  number INTEGER NOT NULL,             -- from 1, without a gap
  written_ms INTEGER NOT NULL,
  checksum INTEGER NOT NULL,
  data BLOB NOT NULL,
  PRIMARY KEY (stream, number)
) STRICT, WITHOUT ROWID;

CREATE TABLE snapshot (
  stream INTEGER NOT NULL REFERENCES stream (id),
  number INTEGER NOT NULL,             -- the state after this entry
  written_ms INTEGER NOT NULL,
  checksum INTEGER NOT NULL,
  data BLOB NOT NULL,
  PRIMARY KEY (stream, number)
) STRICT;

CREATE TABLE sweep (                   -- streams with forgotten entries that are not deleted yet
  stream INTEGER PRIMARY KEY REFERENCES stream (id)
) STRICT;

CREATE VIEW history AS
  SELECT name AS stream, number, strftime('%Y-%m-%dT%H:%M:%fZ', written_ms / 1000.0, 'unixepoch') AS written_at,
    length(data) AS bytes, data
  FROM entry JOIN stream ON stream.id = entry.stream
  WHERE number > trimmed;

CREATE VIEW streams AS
  SELECT name, trimmed,
    coalesce((SELECT max(number) FROM entry WHERE entry.stream = stream.id), trimmed) AS last,
    (SELECT max(number) FROM snapshot WHERE snapshot.stream = stream.id) AS snapshot
  FROM stream;
`;

/** What each version after the first adds. A database of an earlier version is brought up to the last when it is opened. */
const migrations: readonly string[] = [
  `CREATE TABLE summary (              -- what there is to say of a stream, by which it is listed
     stream INTEGER PRIMARY KEY REFERENCES stream (id),
     number INTEGER NOT NULL,          -- as it was after this entry
     checksum INTEGER NOT NULL,
     data BLOB NOT NULL
   ) STRICT;`,
  // Constants are no part of a stored row, so that these columns cost nothing where they say nothing.
  `ALTER TABLE entry ADD COLUMN whole INTEGER NOT NULL DEFAULT 0;      -- bytes, where data lists chunks
   ALTER TABLE snapshot ADD COLUMN whole INTEGER NOT NULL DEFAULT 0;   -- the same

   CREATE TABLE chunk (                -- a part of large data, stored once
     id INTEGER PRIMARY KEY,
     hash BLOB NOT NULL UNIQUE,        -- its SHA-256
     uses INTEGER NOT NULL             -- how often entries and snapshots list it
   ) STRICT;

   CREATE TABLE chunk_data (
     id INTEGER PRIMARY KEY REFERENCES chunk (id),
     data BLOB NOT NULL
   ) STRICT;

   DROP VIEW history;
   CREATE VIEW history AS
     SELECT name AS stream, number, strftime('%Y-%m-%dT%H:%M:%fZ', written_ms / 1000.0, 'unixepoch') AS written_at,
       iif(whole = 0, length(data), whole) AS bytes, data
     FROM entry JOIN stream ON stream.id = entry.stream
     WHERE number > trimmed;`,
  `ALTER TABLE entry ADD COLUMN actor TEXT;                            -- for people: who wrote it,
   ALTER TABLE entry ADD COLUMN kind TEXT;                             -- what it is about
   ALTER TABLE entry ADD COLUMN subject TEXT;                          -- and what it concerns

   DROP VIEW history;
   CREATE VIEW history AS
     SELECT name AS stream, number, strftime('%Y-%m-%dT%H:%M:%fZ', written_ms / 1000.0, 'unixepoch') AS written_at,
       actor, kind, subject, iif(whole = 0, length(data), whole) AS bytes, data
     FROM entry JOIN stream ON stream.id = entry.stream
     WHERE number > trimmed;

   CREATE VIEW audit AS
     SELECT strftime('%Y-%m-%dT%H:%M:%fZ', written_ms / 1000.0, 'unixepoch') AS written_at,
       coalesce(actor, '?') AS actor, coalesce(kind, '?') AS kind, coalesce(subject, '?') AS subject, name AS stream, number
     FROM entry JOIN stream ON stream.id = entry.stream
     WHERE number > trimmed
     ORDER BY written_ms DESC, stream, number DESC;`,
];

/** The version that this program writes; a database of a higher one is not touched. */
const schemaVersion = 1 + migrations.length;

/** Opens a database to be written to, durable at each commit. Throws as {@link checkSchema} does, and leaves as it is what is not ours. */
export function openForWriting(path: string): DatabaseSync {
  const db = new DatabaseSync(path, { timeout: 5000, enableForeignKeyConstraints: false });
  return prepared(db, () => {
    if (!isEmpty(db)) checkSchema(db, path);
    // `fullfsync` matters on macOS alone, where a plain flush stops at the drive's cache.
    db.exec(`
      PRAGMA page_size = 4096;
      PRAGMA journal_mode = WAL;
      PRAGMA synchronous = FULL;
      PRAGMA fullfsync = ON;
      PRAGMA checkpoint_fullfsync = ON;
      PRAGMA cache_size = -16384;
    `);
  });
}

/** Says whether a database holds nothing yet, not even a schema. */
export const isEmpty = (db: DatabaseSync): boolean => pragma(db, "schema_version") === 0;

/** Makes the tables in an empty database, all or none of them. */
export function createSchema(db: DatabaseSync): void {
  db.exec(`
    BEGIN IMMEDIATE;
    ${schema}
    ${migrations.join("\n")}
    PRAGMA application_id = ${applicationId};
    PRAGMA user_version = ${schemaVersion};
    COMMIT;
  `);
}

/** Brings a database of an earlier version up to the present one, in one step or not at all. */
export function upgradeSchema(db: DatabaseSync): void {
  const missing = migrations.slice(pragma(db, "user_version") - 1);
  if (missing.length === 0) return;
  db.exec(`BEGIN IMMEDIATE; ${missing.join("\n")} PRAGMA user_version = ${schemaVersion}; COMMIT;`);
}

/** Gives the version of a database. Throws `unsupported` where it is another program's or of a later version. */
export function checkSchema(db: DatabaseSync, file: string): number {
  const application = pragma(db, "application_id");
  const version = pragma(db, "user_version");
  if (application !== applicationId) {
    throw new EngineError("unsupported", `${file} is a database of another program`, { file, application });
  }
  if (version < 1 || version > schemaVersion) {
    const message = `${file} has format ${version}, and this version of the program knows formats up to ${schemaVersion}`;
    throw new EngineError("unsupported", message, { file, version });
  }
  return version;
}

/** Throws `unsupported` where a database is not of the present version, which it is brought up to when it is opened to be written to. */
export function checkPresent(db: DatabaseSync, file: string): void {
  const version = isEmpty(db) ? 0 : checkSchema(db, file);
  if (version === schemaVersion) return;
  const message = `${file} has format ${version}, and is read once it was opened, which brings it up to ${schemaVersion}`;
  throw new EngineError("unsupported", message, { file, version });
}

/** How many entries a database says were ever appended to it. */
export function readPosition(db: DatabaseSync): number {
  return Number(db.prepare("SELECT position FROM log").get()?.["position"] ?? 0);
}

function pragma(db: DatabaseSync, name: string): number {
  return Number(db.prepare(`PRAGMA ${name}`).get()?.[name] ?? 0);
}
