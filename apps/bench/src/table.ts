import type { Timing } from "./measure.ts";

/** Lays timings out as a Markdown table, each with its ratio to the first, which is the bare thing. */
export function formatTable(title: string, timings: readonly Timing[]): string {
  const [bare] = timings;
  const rows = timings.map(({ name, micros }) => [
    name,
    micros.toPrecision(3),
    `${(micros / (bare?.micros ?? micros)).toFixed(1)}x`,
  ]);
  const all = [["what", "µs each", "ratio"], ...rows];
  const widths = [0, 1, 2].map((column) => Math.max(...all.map((row) => row[column]?.length ?? 0)));
  const line = (row: readonly string[]) =>
    `| ${row.map((cell, i) => (i === 0 ? cell.padEnd(widths[i] ?? 0) : cell.padStart(widths[i] ?? 0))).join(" | ")} |`;
  const rule = `|${widths.map((width, i) => (i === 0 ? "-".repeat(width + 2) : `${"-".repeat(width + 1)}:`)).join("|")}|`;
  return [`#### ${title}`, "", line(all[0] ?? []), rule, ...rows.map(line), ""].join("\n");
}
