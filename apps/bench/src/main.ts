import { cpus } from "node:os";
import { codecComparisons } from "./in-process/codec.ts";
import { derivedComparisons } from "./in-process/derived.ts";
import { embeddingComparisons } from "./in-process/embeddings.ts";
import { growthComparisons } from "./in-process/growth.ts";
import { readAndWriteComparisons } from "./in-process/reads-and-writes.ts";
import { lastResult } from "./in-process/work.ts";
import { measure } from "./measure.ts";
import { benchNetwork } from "./network/main.ts";
import { benchOptimize } from "./optimize/main.ts";
import { benchStartUp } from "./start-up/main.ts";
import { formatTable } from "./table.ts";
import { benchTelemetry } from "./telemetry/main.ts";

// `--quick` is for trying a change; figures to quote come from the full run.
const isQuick = process.argv.includes("--quick");
if (process.argv.includes("optimize")) process.exit(await benchOptimize(isQuick));
if (process.argv.includes("network")) process.exit(await benchNetwork(isQuick));
if (process.argv.includes("telemetry")) process.exit(await benchTelemetry(isQuick));
if (process.argv.includes("start-up")) process.exit(await benchStartUp(isQuick));

const options = isQuick ? { rounds: 3, turnMs: 50 } : { rounds: 9, turnMs: 300 };

console.log(
  `Node ${process.version}, ${cpus().length} cores; median of ${options.rounds} interleaved rounds of ${options.turnMs} ms\n`,
);
const areas = [readAndWriteComparisons, derivedComparisons, codecComparisons, embeddingComparisons, growthComparisons];
// One area after the other, so that the memory of one is not there while the next is measured.
for (const comparisons of areas) {
  for (const { title, subjects } of await comparisons()) {
    console.log(formatTable(title, await measure(subjects, options)));
  }
}
// A run whose work came to nothing has measured nothing.
process.exit(lastResult() === undefined ? 1 : 0);
