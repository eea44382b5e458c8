import type { LogRead } from "../commit-log.ts";

/** An entry that holds text. */
export const bytes = (text: string) => new TextEncoder().encode(text);
/** The text of an entry. */
export const text = (data: Uint8Array) => new TextDecoder().decode(data);
/** Entries that tell their numbers. */
export const numbered = (from: number, count: number) =>
  Array.from({ length: count }, (_, i) => bytes(`entry ${from + i}`));

/** The texts of what was read; throws where it was trimmed. */
export const entriesOf = (read: LogRead<Uint8Array>): string[] => {
  if (read.kind === "trimmed") throw new Error(`trimmed through ${read.through}`);
  return read.entries.map(text);
};
