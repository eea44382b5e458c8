import { malformed } from "../malformed.ts";

/**
 * Writes rows as CSV (RFC 4180): lines end with CR LF, and cells with quotes, commas or line ends are quoted. A cell that a
 * spreadsheet would take for a formula gets an apostrophe before it, and so does one that begins with apostrophes and then
 * such a sign, so that reading is exact.
 */
export const writeTable = (rows: readonly (readonly string[])[]): string =>
  rows.map((row) => `${row.map((cell) => quote(guard(cell))).join(",")}\r\n`).join("");

const guard = (cell: string): string => (/^'*[=+\-@\t\r]/.test(cell) ? `'${cell}` : cell);

const unguard = (cell: string): string => (/^'+[=+\-@\t\r]/.test(cell) ? cell.slice(1) : cell);

const quote = (cell: string): string => (/[",\r\n]/.test(cell) ? `"${cell.replaceAll('"', '""')}"` : cell);

/** One row of a table. */
export interface TableRow {
  /** The line that it begins on, from 1. */
  readonly line: number;
  readonly cells: readonly string[];
}

/**
 * Reads CSV (RFC 4180), with lines that end in CR LF or LF; the last may end without. Empty lines are passed over, and the
 * apostrophe before what looks like a formula is taken away.
 *
 * @throws StoreError `invalid_argument` naming the line, for quotes and line ends that are not where they may be
 */
export function readTable(text: string): TableRow[] {
  const rows: TableRow[] = [];
  let cells: string[] = [];
  let [at, line, start] = [0, 1, 1];
  // What ends in a comma has one more cell, an empty one.
  while (at < text.length || cells.length > 0) {
    const end = endOfCell(text, at);
    const after = end < 0 ? undefined : separatorAt(text, end);
    if (after === undefined)
      throw malformed("data", `has a cell in line ${line} whose quotes or line end are not in place`);
    const raw = text.slice(at, end);
    cells.push(unguard(raw.startsWith('"') ? raw.slice(1, -1).replaceAll('""', '"') : raw));
    line += raw.split("\n").length - 1;
    at = end + after.length;
    if (after === ",") continue;
    line++;
    // A line without anything holds one bare empty cell.
    if (cells.length > 1 || raw !== "") rows.push({ line: start, cells });
    cells = [];
    start = line;
  }
  return rows;
}

/** Where the cell that begins at a place ends; less than 0 where a quote is not closed. */
function endOfCell(text: string, from: number): number {
  if (text[from] !== '"') {
    const end = /[",\r\n]/g;
    end.lastIndex = from;
    return end.exec(text)?.index ?? text.length;
  }
  let quote = text.indexOf('"', from + 1);
  while (quote >= 0 && text[quote + 1] === '"') quote = text.indexOf('"', quote + 2);
  return quote < 0 ? -1 : quote + 1;
}

/** What stands between a cell and the next; nothing at the end of the text. */
function separatorAt(text: string, at: number): string | undefined {
  if (at === text.length) return "";
  if (text[at] === "," || text[at] === "\n") return text[at];
  return text.startsWith("\r\n", at) ? "\r\n" : undefined;
}
