import { closeSync, constants, fsyncSync, openSync } from "node:fs";

/** Makes durable what was written to a file, by whomever. Throws where there is none. */
export const flushFile = (path: string): void => flush(path, constants.O_RDWR);

/** Makes the names in a folder durable. */
export const flushDirectory = (path: string): void => flush(path, constants.O_RDONLY);

function flush(path: string, flags: number): void {
  const handle = openSync(path, flags);
  try {
    fsyncSync(handle);
  } finally {
    closeSync(handle);
  }
}
