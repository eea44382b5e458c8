import { storeError } from "../store-error.ts";
import type { VariableExport } from "./variable-export.ts";

/**
 * Holds data against what every export promises.
 *
 * @throws StoreError `invalid_argument` where two variables have one id or one name, and for a name or id that is empty
 */
export function checkExport({ variables }: VariableExport): void {
  for (const field of ["id", "name"] as const) {
    const seen = new Map<string, number>();
    for (const [index, variable] of variables.entries()) {
      const path = `data.variables[${index}].${field}`;
      const value = variable[field];
      if (value === "") throw malformed(path, "is empty");
      const before = seen.get(value);
      if (before !== undefined) throw malformed(path, `is ${JSON.stringify(value)}, as that of variables[${before}]`);
      seen.set(value, index);
    }
  }
}

const malformed = (path: string, problem: string) =>
  storeError("invalid_argument", `${path} ${problem}`, { field: path });
