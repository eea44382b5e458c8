import { closeSync, constants, fsyncSync, openSync } from "node:fs";

/** Makes durable what was written to a file, by whomever. Throws where there is none. */
export function flushFile(path: string): void {
  const handle = openSync(path, constants.O_RDWR);
  try {
    fsyncSync(handle);
  } finally {
    closeSync(handle);
  }
}
