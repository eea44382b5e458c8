import { benchInProcess } from "./in-process/main.ts";
import { benchNetwork } from "./network/main.ts";
import { benchOptimize } from "./optimize/main.ts";
import { benchStartUp } from "./start-up/main.ts";
import { benchTelemetry } from "./telemetry/main.ts";

// `--quick` is for trying a change; figures to quote come from the full run.
const isQuick = process.argv.includes("--quick");
if (process.argv.includes("optimize")) process.exit(await benchOptimize(isQuick));
if (process.argv.includes("network")) process.exit(await benchNetwork(isQuick));
if (process.argv.includes("telemetry")) process.exit(await benchTelemetry(isQuick));
if (process.argv.includes("start-up")) process.exit(await benchStartUp(isQuick));

process.exit(await benchInProcess(isQuick));
