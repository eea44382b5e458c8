/** What came of a trial, as losses: less is better in each. */
export type Losses = readonly number[];

/** Says whether `a` is no worse than `b` in every objective and better in one. */
export function dominates(a: Losses, b: Losses): boolean {
  let isBetter = false;
  for (let i = 0; i < a.length; i++) {
    const difference = (a[i] as number) - (b[i] as number);
    if (difference > 0) return false;
    if (difference < 0) isBetter = true;
  }
  return isBetter;
}

/**
 * Sorts into fronts: the first is dominated by nothing, each next one only by those before it
 * (Deb et al., "A fast and elitist multiobjective genetic algorithm: NSGA-II", 2002, section III.A).
 *
 * @returns indices into `losses`, in their order within each front
 */
export function sortIntoFronts(losses: readonly Losses[]): readonly (readonly number[])[] {
  const worse: number[][] = losses.map(() => []);
  const betters = new Int32Array(losses.length);
  for (const [i, a] of losses.entries()) {
    for (let j = 0; j < i; j++) {
      const b = losses[j] as Losses;
      if (dominates(a, b)) note(worse, betters, i, j);
      else if (dominates(b, a)) note(worse, betters, j, i);
    }
  }
  const fronts: number[][] = [];
  let front = Array.from(losses.keys()).filter((i) => betters[i] === 0);
  while (front.length > 0) {
    fronts.push(front);
    const next: number[] = [];
    for (const j of front.flatMap((i) => worse[i] ?? [])) {
      betters[j] = (betters[j] as number) - 1;
      if (betters[j] === 0) next.push(j);
    }
    front = next.sort((a, b) => a - b);
  }
  return fronts;
}

function note(worse: number[][], betters: Int32Array, better: number, beaten: number): void {
  worse[better]?.push(beaten);
  betters[beaten] = (betters[beaten] as number) + 1;
}

/** Indices of the losses that no other dominates, in order. */
export const paretoFront = (losses: readonly Losses[]): readonly number[] =>
  Array.from(losses.keys()).filter((i) => !losses.some((other) => dominates(other, losses[i] as Losses)));

/**
 * How much room each member of a front has around it: the sum over the objectives of the distance between its
 * neighbours, relative to the front's extent; infinite at the ends (op. cit., section III.B).
 */
export function crowdingDistances(front: readonly Losses[]): Float64Array {
  const distances = new Float64Array(front.length);
  const objectives = front[0]?.length ?? 0;
  for (let m = 0; m < objectives; m++) {
    const loss = (i: number) => front[i]?.[m] as number;
    const order = Array.from(front.keys()).sort((a, b) => loss(a) - loss(b) || a - b);
    const [first = 0, last = 0] = [order[0], order.at(-1)];
    const extent = loss(last) - loss(first);
    distances[first] = distances[last] = Number.POSITIVE_INFINITY;
    if (extent === 0) continue;
    for (let k = 1; k < order.length - 1; k++) {
      const at = order[k] as number;
      const room = loss(order[k + 1] as number) - loss(order[k - 1] as number);
      distances[at] = (distances[at] as number) + room / extent;
    }
  }
  return distances;
}
