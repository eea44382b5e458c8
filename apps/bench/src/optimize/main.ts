import { cpus } from "node:os";
import { writeFigures } from "../figures-page.ts";
import type { Effort } from "./compare-samplers.ts";
import { type OptunaPeer, startOptunaPeer } from "./optuna-peer.ts";
import { costReport, frontReport, othersReport, tpeReport } from "./report.ts";

interface Part {
  readonly name: string;
  readonly report: (effort: OptimizeEffort, peer: OptunaPeer | undefined) => Promise<string>;
}

const parts: readonly Part[] = [
  { name: "tpe", report: tpeReport },
  { name: "others", report: othersReport },
  { name: "fronts", report: frontReport },
  { name: "cost", report: costReport },
];

/** How much each part of a run does. */
export interface OptimizeEffort {
  readonly quality: Effort;
  readonly fronts: Effort;
  readonly costs: readonly number[];
}

const full: OptimizeEffort = {
  quality: { seeds: 30, trials: 100 },
  // Seeds that NSGA-II's settings were not chosen on.
  fronts: { seeds: 30, trials: 1000, firstSeed: 100 },
  costs: [100, 1000],
};
const quick: OptimizeEffort = {
  quality: { seeds: 3, trials: 40 },
  fronts: { seeds: 2, trials: 120 },
  costs: [50],
};

/**
 * Compares samplers with Optuna's, prints the tables and, unless the run is quick, writes them into `docs/optimize.md`:
 * all parts, or those named by `--only=`. Gives the exit code: 1 where such a run had no Optuna to compare with.
 */
export async function benchOptimize(isQuick: boolean): Promise<number> {
  const effort = isQuick ? quick : full;
  const peer = await startOptunaPeer();
  if (peer === undefined) console.error("no Optuna: apt-get install python3-optuna; its columns stay empty");
  const versions = `Node ${process.version}, Optuna ${peer?.version ?? "not there"}, ${cpus().length} cores.`;
  const wanted = parts.filter(({ name }) =>
    process.argv.every((arg) => !arg.startsWith("--only=") || arg.slice(7) === name),
  );
  try {
    for (const { name, report } of wanted) {
      const figures = `${await report(effort, peer)}\n${versions}`;
      console.log(figures);
      if (!isQuick && peer !== undefined) writeFigures("optimize.md", "Tuning", figures, { part: name });
    }
  } finally {
    peer?.close();
  }
  return isQuick || peer !== undefined ? 0 : 1;
}
