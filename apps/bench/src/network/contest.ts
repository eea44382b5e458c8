import { median } from "../measure.ts";
import { markdownTable } from "../optimize/markdown.ts";
import type { Load } from "./load.ts";
import type { Running } from "./processes.ts";

/** One way of having work done, and what serves it. */
export interface Contestant {
  readonly name: string;
  readonly server: Running;
  /** Puts load on the server, so many operations at a time for so many seconds. */
  readonly run: (concurrency: number, seconds: number) => Promise<Load>;
  /** What one operation counts for; 1 unless given. */
  readonly weight?: number;
}

/** How long to measure, and with how many operations at a time. */
export interface Effort {
  readonly concurrencies: readonly number[];
  /** Rounds in which every contestant has one turn; one before them is thrown away as warm-up. */
  readonly rounds: number;
  readonly seconds: number;
  /**
   * What each contestant is given before the first round: a server in JavaScript is translated while it runs, and is at its pace
   * after some hundred thousand calls. Nothing unless given.
   */
  readonly warmUp?: { readonly atOnce: number; readonly seconds: number };
}

/** What a contestant came to with one number of operations at a time. */
export interface Figures extends Load {
  /** Processor time of the server for one operation, in microseconds. */
  readonly cpuMicros: number;
}

/** What a contestant came to with each number of operations at a time: medians over the rounds. */
export interface Result {
  readonly name: string;
  readonly figures: ReadonlyMap<number, Figures>;
  readonly residentBytes: number;
}

/** Has contestants do their work in turn (A B C, A B C ...), so that whatever else the machine does falls on all alike. */
export async function contest(contestants: readonly Contestant[], effort: Effort): Promise<Result[]> {
  const figures = contestants.map(() => new Map<number, Figures>());
  if (effort.warmUp !== undefined)
    for (const { run } of contestants) await run(effort.warmUp.atOnce, effort.warmUp.seconds);
  for (const concurrency of effort.concurrencies) {
    const turns = contestants.map(() => [] as Figures[]);
    for (let round = 0; round <= effort.rounds; round++) {
      for (const [index, contestant] of contestants.entries()) {
        const turn = await measureTurn(contestant, concurrency, round === 0 ? effort.seconds / 2 : effort.seconds);
        if (round > 0) turns[index]?.push(turn);
      }
    }
    for (const [index, each] of turns.entries()) figures[index]?.set(concurrency, medianOf(each));
  }
  return contestants.map(({ name, server }, index) => ({
    name,
    figures: figures[index] ?? new Map(),
    residentBytes: server.residentBytes(),
  }));
}

async function measureTurn(
  { server, run, weight = 1 }: Contestant,
  concurrency: number,
  seconds: number,
): Promise<Figures> {
  const before = server.cpuMicros();
  const load = await run(concurrency, seconds);
  const cpuMicros = (server.cpuMicros() - before) / (load.operations * weight);
  return { ...load, perSecond: load.perSecond * weight, cpuMicros };
}

function medianOf(turns: readonly Figures[]): Figures {
  const of = (field: keyof Figures) => median(turns.map((turn) => turn[field]));
  return {
    operations: of("operations"),
    perSecond: of("perSecond"),
    p50: of("p50"),
    p95: of("p95"),
    p99: of("p99"),
    cpuMicros: of("cpuMicros"),
  };
}

/** One figure of one contestant, by name; `NaN` where it was not measured. */
export const figureOf =
  (results: readonly Result[]) =>
  (name: string, concurrency: number, field: keyof Figures = "perSecond"): number =>
    results.find((result) => result.name === name)?.figures.get(concurrency)?.[field] ?? Number.NaN;

/** Lays results out, each with its ratios to the first; `unit` says what there are so many of. */
export function formatContest(results: readonly Result[], what: string, unit = "at once"): string {
  const concurrencies = [...(results[0]?.figures.keys() ?? [])];
  const most = concurrencies.includes(64) ? 64 : (concurrencies.at(-1) ?? 1);
  const least = concurrencies[0] ?? 1;
  const bare = results[0]?.figures.get(most);
  const head = [
    what,
    ...concurrencies.map((each) => `/s, ${each} ${unit}`),
    `p50/p95/p99 ms, ${least} ${unit}`,
    `p50/p95/p99 ms, ${most} ${unit}`,
    `server CPU µs, ${most} ${unit}`,
    "CPU, ratio",
    "/s, ratio",
    "MiB",
  ];
  const rows = results.map(({ name, figures, residentBytes }) => {
    const at = figures.get(most);
    return [
      name,
      ...concurrencies.map((each) => Math.round(figures.get(each)?.perSecond ?? Number.NaN).toLocaleString("en")),
      latencies(figures.get(least)),
      latencies(at),
      (at?.cpuMicros ?? Number.NaN).toFixed(1),
      ratio(at?.cpuMicros, bare?.cpuMicros),
      ratio(at?.perSecond, bare?.perSecond),
      String(Math.round(residentBytes / 2 ** 20)),
    ];
  });
  return markdownTable([head, ...rows]);
}

const latencies = (figures: Figures | undefined): string =>
  figures === undefined ? "-" : [figures.p50, figures.p95, figures.p99].map((each) => each.toFixed(2)).join(" / ");

const ratio = (value = Number.NaN, bare = Number.NaN): string => `${(value / bare).toFixed(2)}x`;
