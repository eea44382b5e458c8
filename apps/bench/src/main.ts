import { benchInProcess } from "./in-process/main.ts";
import { benchNetwork } from "./network/main.ts";
import { benchOptimize } from "./optimize/main.ts";
import { benchStartUp } from "./start-up/main.ts";
import { benchTelemetry } from "./telemetry/main.ts";

const usage = `npm run bench -- [network | telemetry | start-up | optimize] [--quick] [--only=PART] [--reuse]

  Without a name what one process can measure by itself. --quick is for trying a change, and leaves the pages of docs alone;
  --only=PART measures one part; --reuse takes what Optuna found from the run before. apps/bench/README.md says more.`;

const benchmarks: Readonly<Record<string, (isQuick: boolean) => Promise<number>>> = {
  optimize: benchOptimize,
  network: benchNetwork,
  telemetry: benchTelemetry,
  "start-up": benchStartUp,
};

const args = process.argv.slice(2);
const [name, ...names] = args.filter((arg) => !arg.startsWith("-"));
const flags = args.filter((arg) => arg.startsWith("-"));
if (flags.includes("--help") || flags.includes("-h")) {
  console.log(usage);
  process.exit(0);
}
const isKnown = name === undefined || Object.hasOwn(benchmarks, name);
if (!isKnown || names.length > 0 || !flags.every((flag) => /^--(quick|reuse|only=.*)$/.test(flag))) {
  console.error(usage);
  process.exit(2);
}
// Figures to quote come from the full run.
const run = (name === undefined ? undefined : benchmarks[name]) ?? benchInProcess;
process.exit(await run(flags.includes("--quick")));
