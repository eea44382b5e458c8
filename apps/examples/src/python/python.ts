import { driveStudy } from "./drive-study.ts";
import { installCommand, missingPackages } from "./python-parts.ts";
import { workTogether } from "./work-together.ts";

/** Runs a Python and a TypeScript program on one session and prints what they say; or says what has to be installed. */
export const runPython = (): Promise<void> => run(workTogether);

/** Runs an optimizer in Python on a study, and prints what it and a program that watches say; or says what has to be installed. */
export const runPythonStudy = (): Promise<void> => run(driveStudy);

async function run(program: (tell: (line: string) => void) => Promise<unknown>): Promise<void> {
  const missing = missingPackages();
  if (missing.length > 0) {
    console.error(`This example uses Python's gRPC, of which something is missing here. On Debian:\n
  ${installCommand(missing)}`);
    process.exitCode = 1;
    return;
  }
  await program((line) => console.log(line));
}
