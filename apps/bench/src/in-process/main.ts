import { cpus } from "node:os";
import { writeFigures } from "../figures-page.ts";
import { formatGoals, type Goal } from "../goals.ts";
import { wantedOf } from "../section.ts";
import { measureApart } from "./measure-apart.ts";
import { lengthOf, sections } from "./sections.ts";

/**
 * Measures what Trimtab does inside one process beside the bare things that it is built on, each section in a process of its own, prints
 * the tables and, in a full run, writes them into `docs/performance.md`, the goals first. Resolves to the exit code.
 */
export async function benchInProcess(isQuick: boolean): Promise<number> {
  const wanted = wantedOf(sections);
  const { rounds, turnMs } = lengthOf(isQuick);
  const head = `Node ${process.version}, ${cpus().length} cores; medians of ${rounds} rounds of ${turnMs} ms.\n`;
  console.log(head);
  const parts: string[] = [];
  const goals: Goal[] = [];
  let isWork = false;
  for (const section of wanted) {
    const outcome = await measureApart(section, isQuick);
    isWork ||= outcome.isWork;
    goals.push(...outcome.measured.goals);
    const part = `### ${section.title}\n\n${outcome.measured.tables}`;
    console.log(part);
    parts.push(part);
  }
  const summary = `### Goals in process\n\n${formatGoals(goals)}`;
  console.log(summary);
  const isWhole = !isQuick && wanted.length === sections.length;
  if (isWhole)
    writeFigures("performance.md", "Performance", [head, summary, ...parts].join("\n"), { part: "in process" });
  // A run whose work came to nothing has measured nothing.
  return isWork ? 0 : 1;
}
