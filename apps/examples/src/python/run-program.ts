import { spawn } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { program } from "./generate-stubs.ts";
import { python } from "./python-parts.ts";

/** One thing that the Python program says it did: a sentence for people, and beside it the facts for programs. */
export interface Step {
  readonly step: string;
  readonly text: string;
  readonly [fact: string]: unknown;
}

/** Where the program finds what it works with. */
export interface ProgramOptions {
  /** The program's file. */
  readonly script: string;
  /** Host and port of the server. */
  readonly address: string;
  readonly session: string;
  /** The folder of its generated modules. */
  readonly stubs: string;
  /** Hears of each step as it is taken. */
  readonly onStep: (step: Step) => void;
  /** Ends the program, and rejects with the reason of that. */
  readonly signal: AbortSignal;
}

/** Runs a Python program to its end. Rejects where it fails; what it has to say of that goes to standard error. */
export async function runProgram({
  script,
  address,
  session,
  stubs,
  onStep,
  signal: stop,
}: ProgramOptions): Promise<void> {
  const child = spawn(python, ["-u", join(program, script), address, session, "--json"], {
    env: { ...process.env, PYTHONPATH: stubs, PYTHONDONTWRITEBYTECODE: "1" },
    stdio: ["ignore", "pipe", "inherit"],
    signal: stop,
  });
  const exited = once(child, "exit");
  // Where it fails while its output is still being read, that shows below.
  exited.catch(() => undefined);
  for await (const line of createInterface({ input: child.stdout })) onStep(JSON.parse(line) as Step);
  const ended: readonly unknown[] = await exited.catch((error: unknown) => {
    throw stop.aborted ? stop.reason : error;
  });
  const [status, signal] = ended;
  if (status !== 0) throw new Error(`the Python program ended with ${signal ?? `status ${status}`}`);
}
