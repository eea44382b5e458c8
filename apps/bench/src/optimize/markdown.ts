/** Lays rows out as a Markdown table; the first is the head, and the first column is to the left. */
export function markdownTable(rows: readonly (readonly string[])[]): string {
  const widths = (rows[0] ?? []).map((_, column) => Math.max(...rows.map((row) => row[column]?.length ?? 0)));
  const line = (row: readonly string[]) =>
    `| ${row.map((cell, i) => (i === 0 ? cell.padEnd(widths[i] ?? 0) : cell.padStart(widths[i] ?? 0))).join(" | ")} |`;
  const rule = `|${widths.map((width, i) => (i === 0 ? "-".repeat(width + 2) : `${"-".repeat(width + 1)}:`)).join("|")}|`;
  const [head = [], ...body] = rows;
  return [line(head), rule, ...body.map(line), ""].join("\n");
}

/** A number to four digits, in the shorter form. */
export const short = (value: number): string => {
  if (!Number.isFinite(value)) return "-";
  const digits = value.toPrecision(4);
  return Math.abs(value) >= 1e-3 && Math.abs(value) < 1e5 ? String(Number(digits)) : Number(digits).toExponential(2);
};
