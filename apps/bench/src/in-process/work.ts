import { type Goal, type Limit, type Measured, ratioGoal } from "../goals.ts";
import { type MeasureOptions, measure, type Subject } from "../measure.ts";
import { formatTable } from "../table.ts";

/** Subjects that belong into one table; the first is the bare thing that the others are compared with. */
export interface Comparison {
  readonly title: string;
  readonly subjects: readonly Subject[];
  readonly goals?: readonly ComparisonGoal[];
}

/** How much more or less a subject may take than others take together. */
export interface ComparisonGoal {
  readonly text: string;
  readonly subject: string;
  readonly to: readonly string[];
  readonly limit: Limit;
}

/** Measures comparisons one after the other. */
export async function measureAll(comparisons: readonly Comparison[], options: MeasureOptions): Promise<Measured> {
  const tables: string[] = [];
  const goals: Goal[] = [];
  for (const { title, subjects, goals: wanted = [] } of comparisons) {
    const timings = await measure(subjects, options);
    const microsOf = (name: string) => timings.find((each) => each.name === name)?.micros ?? Number.NaN;
    tables.push(formatTable(title, timings));
    for (const { text, subject, to, limit } of wanted) {
      const others = to.reduce((sum, name) => sum + microsOf(name), 0);
      goals.push(ratioGoal(text, [microsOf(subject), others], limit));
    }
  }
  return { tables: tables.join("\n"), goals };
}

/** What was read last, kept so that reading cannot be optimised away. */
let sink: unknown;

/** Does work so many times, one after the other. */
export function repeat(count: number, work: (i: number) => unknown): void {
  for (let i = 0; i < count; i++) sink = work(i);
}

/** Does work so many times, each when the one before is done. */
export async function repeatAsync(count: number, work: (i: number) => Promise<unknown>): Promise<void> {
  for (let i = 0; i < count; i++) sink = await work(i);
}

/** Does work so many times, `width` at once. */
export async function inParallel(count: number, width: number, work: (i: number) => Promise<unknown>): Promise<void> {
  for (let i = 0; i < count; i += width) await Promise.all(Array.from({ length: width }, (_, k) => work(i + k)));
}

/** The last thing that any subject produced. */
export const lastResult = (): unknown => sink;
