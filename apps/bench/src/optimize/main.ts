import { cpus } from "node:os";
import { writeFigures } from "../figures-page.ts";
import type { Effort } from "./compare-samplers.ts";
import { startOptunaPeer } from "./optuna-peer.ts";
import { costReport, frontReport, qualityReport } from "./report.ts";

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
 * Compares samplers with Optuna's, prints the tables and, in a full run, writes them into `docs/optimize.md`. Gives the
 * exit code: 1 where a full run had no Optuna to compare with.
 */
export async function benchOptimize(isQuick: boolean): Promise<number> {
  const effort = isQuick ? quick : full;
  const peer = await startOptunaPeer();
  if (peer === undefined) console.error("no Optuna: apt-get install python3-optuna; its columns stay empty");
  const versions = `Node ${process.version}, Optuna ${peer?.version ?? "not there"}, ${cpus().length} cores.`;
  const parts = [versions, ""];
  try {
    for (const report of [qualityReport, frontReport, costReport]) {
      const part = await report(effort, peer);
      console.log(part);
      parts.push(part);
    }
  } finally {
    peer?.close();
  }
  if (!isQuick && peer !== undefined) writeFigures("optimize.md", "Tuning", parts.join("\n"));
  return isQuick || peer !== undefined ? 0 : 1;
}
