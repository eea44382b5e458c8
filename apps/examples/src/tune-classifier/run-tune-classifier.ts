import { constants } from "node:os";
import { parseArgs } from "node:util";
import { tuneClassifier } from "./tune-classifier.ts";

const usage = `npm run example -- tune-classifier [--trials N] [--seed N]

  --trials N  how many settings to try, 20 unless given
  --seed N    decides what is tried after the first sweep, 1 unless given`;

/** Runs the example as a command: prints what its three processes say, and sets the exit status. */
export async function runTuneClassifier(args: readonly string[] = []): Promise<void> {
  const options = readOptions(args);
  if (options === undefined) return;
  const abort = new AbortController();
  const stop = (signal: NodeJS.Signals) => {
    process.exitCode = 128 + constants.signals[signal];
    abort.abort(new Error(`${signal}: ending the tuner, the worker and the server`));
  };
  process.on("SIGINT", stop).on("SIGTERM", stop).on("SIGHUP", stop);
  try {
    await tuneClassifier({ ...options, print: (line) => console.log(line), signal: abort.signal });
  } catch (error) {
    console.error(error instanceof Error ? error.message : error);
    process.exitCode ??= 1;
  } finally {
    process.off("SIGINT", stop).off("SIGTERM", stop).off("SIGHUP", stop);
  }
}

function readOptions(args: readonly string[]): { readonly trials: number; readonly seed: number } | undefined {
  try {
    const { values } = parseArgs({
      args: [...args],
      options: {
        trials: { type: "string", default: "20" },
        seed: { type: "string", default: "1" },
        help: { type: "boolean", short: "h", default: false },
      },
    });
    if (values.help) console.log(usage);
    else return { trials: whole("trials", values.trials, 1), seed: whole("seed", values.seed, 0) };
  } catch (error) {
    console.error(`${error instanceof Error ? error.message : error}\n\n${usage}`);
    process.exitCode = 2;
  }
  return undefined;
}

function whole(name: string, text: string, min: number): number {
  const value = Number(text);
  if (/^\d+$/.test(text) && value >= min && value <= 1000) return value;
  throw new RangeError(`--${name} must be a whole number from ${min} to 1000, got "${text}"`);
}
