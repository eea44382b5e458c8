import { installCommand, missingPackages } from "./python-parts.ts";
import { workTogether } from "./work-together.ts";

/** Runs a Python and a TypeScript program on one session and prints what they say; or says what has to be installed. */
export async function runPython(): Promise<void> {
  const missing = missingPackages();
  if (missing.length > 0) {
    console.error(`This example uses Python's gRPC, of which something is missing here. On Debian:\n
  ${installCommand(missing)}`);
    process.exitCode = 1;
    return;
  }
  await workTogether((line) => console.log(line));
}
