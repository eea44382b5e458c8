import type { ValueRecord } from "@trimtab/core";

/** Why values may not be tried, a sentence for people; nothing where they may. */
export type Objection = string | undefined;

/**
 * Work that asks about values on its way: it yields values of the variables, is told what rules have against them, and ends
 * with its result. Who runs it decides whether the answer is there at once or has to be waited for.
 */
export type Judged<T> = Generator<ValueRecord, T, Objection>;

/** Does such work where the answers are there at once. */
export function judge<T>(work: Judged<T>, objectionTo: (values: ValueRecord) => Objection): T {
  let next = work.next();
  while (!next.done) next = work.next(objectionTo(next.value));
  return next.value;
}

/** Does such work where the answers have to be waited for; rejects as `objectionTo` does. */
export async function judgeAsync<T>(
  work: Judged<T>,
  objectionTo: (values: ValueRecord) => Promise<Objection>,
): Promise<T> {
  let next = work.next();
  while (!next.done) next = work.next(await objectionTo(next.value));
  return next.value;
}
