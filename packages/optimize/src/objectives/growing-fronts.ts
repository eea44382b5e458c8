import { dominates, type Losses } from "./dominance.ts";

/** Fronts of what was added so far, as `sortIntoFronts` sorts; in no order within a front. */
export interface GrowingFronts<T> {
  /** An array is another one once its front has changed. */
  readonly fronts: readonly (readonly T[])[];
  add(member: T): void;
}

/**
 * Makes fronts that grow by one member after the other, each of which is compared with those of the few fronts that it may belong to, and
 * pushes down what it dominates (Li, Deb, Zhang and Zhang, "Efficient nondomination level update method for steady-state evolutionary
 * multiobjective optimization", 2017): sorting all anew would cost the square of their number each time.
 */
export function createGrowingFronts<T>(lossesOf: (member: T) => Losses): GrowingFronts<T> {
  const fronts: (readonly T[])[] = [];
  const isBeaten = (member: T, by: readonly T[]): boolean =>
    by.some((each) => dominates(lossesOf(each), lossesOf(member)));

  /** The first front of which nothing dominates the member. What a front dominates, all before it do, too. */
  const frontOf = (member: T): number => {
    let [from, to] = [0, fronts.length];
    while (from < to) {
      const middle = (from + to) >> 1;
      if (isBeaten(member, fronts[middle] ?? [])) from = middle + 1;
      else to = middle;
    }
    return from;
  };

  return {
    fronts,
    add(member) {
      let coming: readonly T[] = [member];
      for (let at = frontOf(member); coming.length > 0; at++) {
        const front: readonly T[] = fronts[at] ?? [];
        const arriving = coming;
        const [staying, leaving]: [T[], T[]] = [[], []];
        for (const each of front) (isBeaten(each, arriving) ? leaving : staying).push(each);
        fronts[at] = [...staying, ...arriving];
        coming = leaving;
      }
    },
  };
}
