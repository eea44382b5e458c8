import {
  createCmaEsSampler,
  createGpSampler,
  createNsga2Sampler,
  createRandomSampler,
  createTpeSampler,
  hypervolume,
} from "@trimtab/optimize";
import { keepResult } from "../keep-result.ts";
import { median } from "../measure.ts";
import { type Contestant, type Effort, type Run, runContestant } from "./compare-samplers.ts";
import { markdownTable, short } from "./markdown.ts";
import type { OptunaPeer } from "./optuna-peer.ts";
import { rankTest } from "./rank-test.ts";
import { heldOutFunctions, multiObjectiveFunctions, type TestFunction, testFunctions } from "./test-functions.ts";

type Peer = OptunaPeer | undefined;

const common: readonly Contestant[] = [
  { kind: "own", name: "random", create: createRandomSampler },
  { kind: "own", name: "TPE", create: createTpeSampler },
];
const costly: readonly Contestant[] = [
  { kind: "own", name: "GP", create: createGpSampler },
  { kind: "own", name: "CMA-ES", create: createCmaEsSampler },
];
const optuna: readonly Contestant[] = [
  { kind: "optuna", name: "Optuna TPE", sampler: "tpe", options: {} },
  { kind: "optuna", name: "Optuna TPE, multivariate", sampler: "tpe", options: { multivariate: true, group: true } },
];

/** The share of pairs of runs that are better, with stars where ranks so uneven are unlikely by chance. */
function verdict(runs: readonly number[], others: readonly number[]): string {
  if (runs.length === 0 || others.length === 0) return "-";
  const { share, p } = rankTest(runs, others);
  return `${Math.round(100 * share)} %${p < 0.001 ? " ***" : p < 0.01 ? " **" : p < 0.05 ? " *" : ""}`;
}

const bestOf = ({ values }: Run): number => values.reduce((best, [loss = Infinity]) => Math.min(best, loss), Infinity);

interface Quality {
  readonly quality: Effort;
}

/** The best value that TPE finds after some trials, beside random search and Optuna's TPE. */
export const tpeReport = ({ quality }: Quality, peer: Peer): Promise<string> =>
  qualityReport("TPE and random search", common, { ...quality, peer });

/** The best value that the other samplers find, beside Optuna's TPE. */
export const othersReport = ({ quality }: Quality, peer: Peer): Promise<string> =>
  qualityReport("Gaussian process and CMA-ES", costly, { ...quality, peer });

/** The best value after some trials, where settings were chosen, and elsewhere. */
async function qualityReport(title: string, own: readonly Contestant[], job: Comparison): Promise<string> {
  return [
    `## ${title}: best value after ${job.trials} trials, ${job.seeds} seeds`,
    "",
    "Lower is better. The second table of each pair says in how many of all pairs of runs ours ends lower than Optuna's;",
    "50 % is a draw. Stars: Mann-Whitney rank test, two-sided, * p < 0.05, ** p < 0.01, *** p < 0.001, each on its own.",
    "",
    await compareOn(testFunctions, own, job),
    "### Functions that no setting was chosen on",
    "",
    await compareOn(heldOutFunctions, own, job),
  ].join("\n");
}

interface Comparison extends Effort {
  readonly peer: Peer;
}

/** The best value of each seed; Optuna's from an earlier run of the same where the command has `--reuse`. */
async function bestsOf(contestant: Contestant, fn: TestFunction, job: Comparison): Promise<readonly number[]> {
  const run = async () => (await runContestant(contestant, fn, job)).map(bestOf);
  const { seeds, trials, peer } = job;
  if (contestant.kind === "own" || peer === undefined) return run();
  const key = [peer.version, fn.name, contestant.name, seeds, trials].join("-");
  return keepResult(key, process.argv.includes("--reuse"), run);
}

async function compareOn(
  functions: readonly TestFunction[],
  own: readonly Contestant[],
  job: Comparison,
): Promise<string> {
  const contestants = [...own, ...optuna];
  const medians = [["median best", ...contestants.map(({ name }) => name)]];
  const wins = [["better than Optuna TPE / multivariate", ...own.map(({ name }) => name)]];
  for (const fn of functions) {
    const bests: (readonly number[])[] = [];
    for (const contestant of contestants) bests.push(await bestsOf(contestant, fn, job));
    const peers = bests.slice(own.length);
    medians.push([fn.name, ...bests.map((each) => short(median(each)))]);
    wins.push([
      fn.name,
      ...bests.slice(0, own.length).map((each) => peers.map((its) => verdict(each, its)).join(" / ")),
    ]);
  }
  return [markdownTable(medians), markdownTable(wins)].join("\n");
}

/** The hypervolume that NSGA-II reaches, beside Optuna's. */
export async function frontReport({ fronts }: { readonly fronts: Effort }, peer: Peer): Promise<string> {
  const contestants: readonly Contestant[] = [
    { kind: "own", name: "random", create: createRandomSampler },
    { kind: "own", name: "NSGA-II", create: createNsga2Sampler },
    { kind: "optuna", name: "Optuna NSGA-II", sampler: "nsga2", options: {} },
  ];
  const rows = [["median hypervolume", ...contestants.map(({ name }) => name), "NSGA-II above Optuna's"]];
  for (const fn of multiObjectiveFunctions) {
    const volumes: (readonly number[])[] = [];
    for (const contestant of contestants) {
      const runs = await runContestant(contestant, fn, { ...fronts, peer });
      volumes.push(runs.map(({ values }) => hypervolume(values, fn.reference ?? [])));
    }
    const [, ours = [], theirs = []] = volumes.map((each) => each.map((volume) => -volume));
    rows.push([fn.name, ...volumes.map((each) => short(median(each))), verdict(ours, theirs)]);
  }
  const title = `## Several objectives: hypervolume after ${fronts.trials} trials, ${fronts.seeds} seeds`;
  return [
    title,
    "",
    "Higher is better. Populations of 50, to the references given below.",
    "",
    markdownTable(rows),
  ].join("\n");
}

/** What one ask and tell takes on average over a study, on Rosenbrock's function of ten variables. */
export async function costReport({ costs }: { readonly costs: readonly number[] }, peer: Peer): Promise<string> {
  const contestants = [...common, ...costly, ...optuna];
  const fn = testFunctions.find(({ name }) => name === "Rosenbrock-10") as TestFunction;
  const rows = [["µs per ask and tell", ...costs.map((trials) => `${trials} trials`)]];
  const columns = contestants.map(({ name }) => [name]);
  for (const trials of costs) {
    for (const [i, contestant] of contestants.entries()) {
      const runs = await runContestant(contestant, fn, { seeds: trials > 500 ? 1 : 3, trials, peer });
      columns[i]?.push(short(median(runs.map(({ micros }) => micros / trials))));
    }
  }
  const title = "## Cost: mean over a study of ten variables";
  return [title, "", markdownTable([...rows, ...columns])].join("\n");
}
