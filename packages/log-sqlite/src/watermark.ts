import { closeSync, constants, fsyncSync, openSync, readFileSync, writeSync } from "node:fs";
import { crc32 } from "node:zlib";

/**
 * A small file beside the database that says how many entries were ever acknowledged. SQLite ends recovery silently
 * at the first broken frame of its write-ahead log, so a damaged or missing `-wal` file looks like an older database.
 * This number tells the difference. It is written after the flush that it speaks of and before anybody hears of that, and
 * is itself flushed only now and then: after a power failure it may lag behind, and never runs ahead.
 */
export interface Watermark {
  set(position: number): void;
  flush(): void;
  close(): void;
}

/** Opens the file for writing; makes it where there is none. */
export function openWatermark(path: string): Watermark {
  const file = openSync(path, constants.O_RDWR | constants.O_CREAT, 0o644);
  return {
    set(position) {
      writeSync(file, format(position), 0, "latin1");
    },
    flush: () => fsyncSync(file),
    close: () => closeSync(file),
  };
}

/** Reads the number; 0 where there is no file, or none that holds a number with its checksum. */
export function readWatermark(path: string): number {
  let text: string;
  try {
    text = readFileSync(path, "latin1");
  } catch (error) {
    if (error instanceof Error && "code" in error && error.code === "ENOENT") return 0;
    throw error;
  }
  const position = Number(text.slice(0, 16));
  return Number.isSafeInteger(position) && text === format(position) ? position : 0;
}

/** Always the same length, so that it is overwritten in place, within one sector. */
function format(position: number): string {
  const digits = String(position).padStart(16, "0");
  return `${digits} ${crc32(digits).toString(16).padStart(8, "0")}\n`;
}
