import { refuseMessage } from "./refuse.ts";

/**
 * Puts a choice of a closed set on the wire, as a caller gave it.
 *
 * @throws StoreError `invalid_argument` naming the field, for one that is not in the table
 */
export function toKnown<C extends string, W extends number>(
  table: Readonly<Record<C, W>>,
  choice: C,
  field: string,
): W {
  if (Object.hasOwn(table, choice)) return table[choice];
  const problem = `must be one of ${Object.keys(table).join(", ")}, got ${String(choice)}`;
  throw refuseMessage(field, problem, String(choice));
}

/**
 * Reads a choice of a closed set, by the table that puts it on the wire.
 *
 * @throws StoreError `invalid_argument` naming the path, for a choice that is not in the table
 */
export function fromKnown<C extends string>(table: Readonly<Record<C, number>>, wire: number, path: string): C {
  for (const choice of Object.keys(table) as C[]) if (table[choice] === wire) return choice;
  throw refuseMessage(path, `is the unknown choice ${wire}`, wire);
}
