import { refuseMessage } from "./refuse.ts";

/**
 * Reads a choice of a closed set, by the table that puts it on the wire.
 *
 * @throws StoreError `invalid_argument` naming the path, for a choice that is not in the table
 */
export function fromKnown<C extends string>(table: Readonly<Record<C, number>>, wire: number, path: string): C {
  for (const choice of Object.keys(table) as C[]) if (table[choice] === wire) return choice;
  throw refuseMessage(path, `is the unknown choice ${wire}`, wire);
}
