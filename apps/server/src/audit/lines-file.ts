import { appendFileSync, closeSync, existsSync, openSync, renameSync, statSync, truncateSync } from "node:fs";

/** Writes lines to a place that people and programs read. */
export type WriteLines = (lines: readonly string[]) => void;

/** Nobody else reads who did what. */
const mode = 0o600;

/** Files that are kept beside the one that is written. */
const putAside = 9;

/**
 * Makes what writes lines to a file, or with `-` to standard output. Before a write that would make the file larger than this it
 * is put aside as `FILE.1`, what was that as `FILE.2`, and so on; the oldest goes. The file is there from now on. Throws what the
 * disk does; then none of the lines are in the file.
 */
export function createLinesFile(file: string, maxBytes: number): WriteLines {
  if (file === "-") return (lines) => void process.stdout.write(`${lines.join("\n")}\n`);
  closeSync(openSync(file, "a", mode));
  return (lines) => {
    const text = `${lines.join("\n")}\n`;
    if (sizeOf(file) > 0 && sizeOf(file) + Buffer.byteLength(text) > maxBytes) rotate(file);
    const size = sizeOf(file);
    try {
      appendFileSync(file, text, { mode });
    } catch (error) {
      // What a full disk took of it would be the beginning of the next line.
      if (sizeOf(file) > size) truncateSync(file, size);
      throw error;
    }
  };
}

const sizeOf = (file: string): number => statSync(file, { throwIfNoEntry: false })?.size ?? 0;

function rotate(file: string): void {
  const nameOf = (number: number) => (number === 0 ? file : `${file}.${number}`);
  for (let number = putAside - 1; number >= 0; number--) {
    if (existsSync(nameOf(number))) renameSync(nameOf(number), nameOf(number + 1));
  }
}
