import { counted, type VariableExport } from "@trimtab/core";
import { decodeText } from "../decode-text.ts";
import { createIdMaker } from "../make-id.ts";
import { malformed } from "../malformed.ts";
import { type Column, columns, isColumn, type Row, readVariable, writeVariable } from "./csv-columns.ts";
import { readTable, writeTable } from "./csv-table.ts";

/** Writes variables as CSV: a header line, then a row for each. Neither history nor dependencies, nor where they come from. */
export const encodeCsv = ({ variables }: VariableExport): Uint8Array<ArrayBuffer> =>
  new TextEncoder().encode(writeTable([columns, ...variables.map(writeVariable)]));

/**
 * Reads variables from CSV. Columns may be in any order, and all but name, type and value may lack.
 *
 * @throws StoreError `invalid_argument` naming the row, the column and the problem
 */
export function decodeCsv(file: Uint8Array, nowMs: number): VariableExport {
  const [header, ...rows] = readTable(decodeText(file));
  if (header === undefined) throw malformed("data", "has no header line");
  const order = header.cells.map(readColumn);
  for (const column of ["name", "type", "value"] as const) {
    if (!order.includes(column)) throw malformed("data.header", `has no column ${column}`);
  }
  const idAt = order.indexOf("id");
  const makeId = createIdMaker(rows.map(({ cells }) => ({ id: cells[idAt] ?? "" })));
  const variables = rows.map(({ cells, line }, index) => {
    const path = `data.variables[${index}]`;
    if (cells.length !== order.length) {
      throw malformed(path, `has ${counted(cells.length, "cell")} in line ${line}, the header has ${order.length}`);
    }
    const row: Row = Object.fromEntries(order.map((column, at) => [column, cells[at]]));
    return readVariable(row, path, { id: makeId(row.name ?? ""), atMs: nowMs });
  });
  return { session: "", revision: 0, exportedAtMs: nowMs, variables, dependencies: [], history: new Map() };
}

function readColumn(cell: string, index: number, cells: readonly string[]): Column {
  const name = cell.trim();
  const path = `data.header[${index}]`;
  if (!isColumn(name)) throw malformed(path, `is the unknown column ${JSON.stringify(name.slice(0, 40))}`);
  if (cells.findIndex((each) => each.trim() === name) < index) throw malformed(path, `repeats the column ${name}`);
  return name;
}
