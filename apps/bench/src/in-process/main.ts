import { cpus } from "node:os";
import { writeFigures } from "../figures-page.ts";
import { formatGoals, type Goal, type Measured } from "../goals.ts";
import type { MeasureOptions } from "../measure.ts";
import { codecComparisons } from "./codec.ts";
import { derivedComparisons } from "./derived.ts";
import { durableComparisons } from "./durable.ts";
import { embeddingComparisons } from "./embeddings.ts";
import { benchEventLoop } from "./event-loop.ts";
import { benchGrowth } from "./growth.ts";
import { benchMemory } from "./memory.ts";
import { readAndWriteComparisons } from "./reads-and-writes.ts";
import { benchReplay } from "./replay.ts";
import { type Comparison, lastResult, measureAll } from "./work.ts";

interface Section {
  readonly title: string;
  readonly run: (isQuick: boolean) => Promise<Measured>;
}

const full: MeasureOptions = { rounds: 9, turnMs: 300 };
const quick: MeasureOptions = { rounds: 3, turnMs: 50 };

const comparing = (title: string, comparisons: () => Promise<readonly Comparison[]>): Section => ({
  title,
  run: async (isQuick) => measureAll(await comparisons(), lengthOf(isQuick)),
});

const lengthOf = (isQuick: boolean): MeasureOptions => (isQuick ? quick : full);

const sections: readonly Section[] = [
  comparing("Reads and writes", readAndWriteComparisons),
  comparing("Writes on disk", durableComparisons),
  comparing("Derived variables", derivedComparisons),
  comparing("Bytes", codecComparisons),
  comparing("Embeddings", embeddingComparisons),
  { title: "Growth", run: (isQuick) => benchGrowth(lengthOf(isQuick)) },
  { title: "Memory", run: (isQuick) => benchMemory(isQuick ? 1000 : 100_000) },
  { title: "Replay", run: (isQuick) => benchReplay(isQuick ? 20_000 : 1_000_000) },
  { title: "Delays of the event loop", run: (isQuick) => benchEventLoop(isQuick ? 2 : 20) },
];

/**
 * Measures Trimtab inside one process beside the bare things that it is built on, prints the tables and, in a full run, writes
 * them into `docs/performance.md`, the goals first. Resolves to the exit code.
 */
export async function benchInProcess(isQuick: boolean): Promise<number> {
  const wanted = sections.filter(({ title }) =>
    process.argv.every((arg) => !arg.startsWith("--only=") || title.includes(arg.slice(7))),
  );
  const { rounds, turnMs } = lengthOf(isQuick);
  const head = `Node ${process.version}, ${cpus().length} cores; medians of ${rounds} rounds of ${turnMs} ms.\n`;
  console.log(head);
  const parts: string[] = [];
  const goals: Goal[] = [];
  // One after the other, so that the memory of one is not there while the next is measured.
  for (const { title, run } of wanted) {
    const measured = await run(isQuick);
    goals.push(...measured.goals);
    const part = `### ${title}\n\n${measured.tables}`;
    console.log(part);
    parts.push(part);
  }
  const summary = `### Goals in process\n\n${formatGoals(goals)}`;
  console.log(summary);
  const isWhole = !isQuick && wanted.length === sections.length;
  if (isWhole)
    writeFigures("performance.md", "Performance", [head, summary, ...parts].join("\n"), { part: "in process" });
  // A run whose work came to nothing has measured nothing.
  return lastResult() === undefined ? 1 : 0;
}
