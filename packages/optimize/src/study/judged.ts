import type { ValueRecord } from "@trimtab/core";

/**
 * Work that asks about values on its way: it yields values of the variables, is told whether the rules allow them, and ends
 * with its result. Who runs it decides whether the answer is there at once or has to be waited for.
 */
export type Judged<T> = Generator<ValueRecord, T, boolean>;

/** Does such work where the answers are there at once. */
export function judge<T>(work: Judged<T>, isAllowed: (values: ValueRecord) => boolean): T {
  let next = work.next();
  while (!next.done) next = work.next(isAllowed(next.value));
  return next.value;
}

/** Does such work where the answers have to be waited for; rejects as `isAllowed` does. */
export async function judgeAsync<T>(work: Judged<T>, isAllowed: (values: ValueRecord) => Promise<boolean>): Promise<T> {
  let next = work.next();
  while (!next.done) next = work.next(await isAllowed(next.value));
  return next.value;
}
