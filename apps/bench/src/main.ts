import { cpus } from "node:os";
import { dependencyComparisons } from "./dependencies.ts";
import { inProcessComparisons, lastResult } from "./in-process.ts";
import { measure } from "./measure.ts";
import { benchOptimize } from "./optimize/main.ts";
import { formatTable } from "./table.ts";

// `--quick` is for trying a change; figures to quote come from the full run.
const isQuick = process.argv.includes("--quick");
if (process.argv.includes("optimize")) process.exit(await benchOptimize(isQuick));

const options = isQuick ? { rounds: 3, turnMs: 50 } : { rounds: 9, turnMs: 300 };

console.log(
  `Node ${process.version}, ${cpus().length} cores; median of ${options.rounds} interleaved rounds of ${options.turnMs} ms\n`,
);
for (const { title, subjects } of [...(await inProcessComparisons()), ...(await dependencyComparisons())]) {
  console.log(formatTable(title, await measure(subjects, options)));
}
// A run whose work came to nothing has measured nothing.
process.exit(lastResult() === undefined ? 1 : 0);
