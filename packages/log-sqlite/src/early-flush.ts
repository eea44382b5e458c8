import { type FileHandle, open } from "node:fs/promises";

/**
 * Has what a large write has put into the write-ahead log so far go to the disk while the rest is still on its way, so that the commit
 * finds less to flush. Nothing depends on it: until the commit nobody counts on those bytes, and the commit flushes what is left.
 */
export interface EarlyFlush {
  /** Told with each section on its way how many of the same write came before; does not wait for the disk. */
  sectionSent(before: number): void;
  /** Lets go of the file, after what is under way. */
  close(): Promise<void>;
}

/** SQLite keeps as many in memory before it writes any of them, and a few are in the window. */
const sectionsInMemory = 24;

/** Sections from one flush to the next; each takes the disk as long as they take SQLite. */
const sectionsPerFlush = 8;

/**
 * Only there is it certain that a failure to write, of which one who flushes is told, is told to SQLite as well: Linux tells everybody who has
 * the file open (fsync(2), since 4.13). A commit must not succeed where what it holds could not be written.
 */
const isSafe = process.platform === "linux";

/** Makes the early flush of the write-ahead log at a path, which is there for as long as the database is open. */
export function createEarlyFlush(path: string): EarlyFlush {
  let file: Promise<FileHandle> | undefined;
  let underWay = false;
  const flush = async (): Promise<void> => {
    underWay = true;
    try {
      file ??= open(path);
      await (await file).datasync();
    } catch {
      // The commit is told as well.
    } finally {
      underWay = false;
    }
  };
  return {
    sectionSent(before) {
      if (isSafe && !underWay && before >= sectionsInMemory && before % sectionsPerFlush === 0) void flush();
    },
    async close() {
      const opened = await file?.catch(() => undefined);
      await opened?.close();
    },
  };
}
