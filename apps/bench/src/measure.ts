/** One thing to time. */
export interface Subject {
  readonly name: string;
  /** Does the work `count` times. */
  readonly run: (count: number) => void | Promise<void>;
}

/** What a subject took: microseconds per piece of work, the median over the rounds. */
export interface Timing {
  readonly name: string;
  readonly micros: number;
}

/** How long to measure. */
export interface MeasureOptions {
  /** Rounds in which every subject has one turn; the first is thrown away as warm-up. */
  readonly rounds: number;
  /** Length of a turn, in milliseconds. */
  readonly turnMs: number;
}

/**
 * Times subjects against each other: one after the other in every round, so that whatever else the machine does falls on
 * all of them alike. Only the ratios between subjects of one call mean something.
 */
export async function measure(subjects: readonly Subject[], { rounds, turnMs }: MeasureOptions): Promise<Timing[]> {
  const turns = subjects.map(() => [] as number[]);
  const counts: number[] = [];
  for (const subject of subjects) counts.push(await countFor(subject, turnMs));
  for (let round = 0; round <= rounds; round++) {
    for (const [index, subject] of subjects.entries()) {
      const micros = await timeTurn(subject, counts[index] ?? 1);
      if (round > 0) turns[index]?.push(micros);
    }
  }
  return subjects.map(({ name }, index) => ({ name, micros: median(turns[index] ?? []) }));
}

/** Pieces of work that fill a turn, found by doubling, which warms the code up too. */
async function countFor(subject: Subject, turnMs: number): Promise<number> {
  for (let count = 16; ; count *= 2) {
    const micros = await timeTurn(subject, count);
    if (micros * count >= turnMs * 500) return Math.max(1, Math.round((turnMs * 1000) / micros));
  }
}

async function timeTurn({ run }: Subject, count: number): Promise<number> {
  const start = performance.now();
  await run(count);
  return ((performance.now() - start) * 1000) / count;
}

/** The middle of some numbers; `NaN` of none. */
export function median(numbers: readonly number[]): number {
  const sorted = [...numbers].sort((a, b) => a - b);
  const middle = sorted.length >> 1;
  const [low = Number.NaN, high = Number.NaN] = [sorted[middle - 1], sorted[middle]];
  return sorted.length % 2 === 1 ? high : (low + high) / 2;
}
