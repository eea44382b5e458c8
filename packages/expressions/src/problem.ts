import { type StoreError, storeError } from "@trimtab/core";

/** Makes the error for something wrong at an offset of one source; the caller throws it. */
export type Problem = (at: number, problem: string) => StoreError<"invalid_expression">;

/** Builds the errors of one source; `field` names the argument that it came in. */
export const problemsOf =
  (source: string, field: string): Problem =>
  (at, problem) => {
    const { line, column } = positionOf(source, at);
    const where = line === 1 ? `column ${column}` : `line ${line}, column ${column}`;
    return storeError("invalid_expression", `${field}: ${problem} at ${where}`, { field, line, column });
  };

/** The line and column of an offset, both from 1; columns count UTF-16 code units. */
export function positionOf(source: string, at: number): { line: number; column: number } {
  const before = source.slice(0, at);
  const lineStart = before.lastIndexOf("\n") + 1;
  let line = 1;
  for (let i = before.indexOf("\n"); i >= 0; i = before.indexOf("\n", i + 1)) line++;
  return { line, column: at - lineStart + 1 };
}
