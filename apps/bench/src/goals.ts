import { markdownTable, short } from "./optimize/markdown.ts";

/** What a measurement was to come to, and what it came to. */
export interface Goal {
  readonly text: string;
  /** `NaN` where it was not measured. */
  readonly measured: number;
  readonly limit: Limit;
}

/** The least or the most that a figure may be. */
export type Limit = { readonly atLeast: number } | { readonly atMost: number };

/** A part of a run: tables to read, and how they stand to their goals. */
export interface Measured {
  readonly tables: string;
  readonly goals: readonly Goal[];
}

/** A goal for one figure as so many times another. */
export const ratioGoal = (text: string, [own, other]: readonly [number, number], limit: Limit): Goal => ({
  text,
  measured: own / other,
  limit,
});

/** Says whether a goal is met. */
export const isMet = ({ measured, limit }: Goal): boolean =>
  "atLeast" in limit ? measured >= limit.atLeast : measured <= limit.atMost;

/** Lays goals out as a table. */
export const formatGoals = (goals: readonly Goal[]): string =>
  markdownTable([["goal", "wanted", "measured", ""], ...goals.map(rowOf)]);

function rowOf(goal: Goal): string[] {
  const { text, limit, measured } = goal;
  const wanted = "atLeast" in limit ? `at least ${limit.atLeast}` : `at most ${limit.atMost}`;
  if (Number.isNaN(measured)) return [text, wanted, "-", "not measured"];
  return [text, wanted, short(Number(measured.toPrecision(3))), isMet(goal) ? "met" : "missed"];
}
