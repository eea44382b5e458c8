import type { Subject } from "../measure.ts";

/** Subjects that belong into one table; the first is the bare thing that the others are compared with. */
export interface Comparison {
  readonly title: string;
  readonly subjects: readonly Subject[];
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
