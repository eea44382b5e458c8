import { spawn } from "node:child_process";
import { once } from "node:events";
import { extname } from "node:path";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";

/** A process that was started, and whose lines are printed behind its name. */
export interface StartedProcess {
  readonly pid: number | undefined;
  /** Resolves with the first line that matches. Never, where no such line comes. */
  says(pattern: RegExp): Promise<RegExpExecArray>;
  /** Resolves when it has ended: with 0 where it ended well, otherwise with the exit status or the signal. */
  readonly ended: Promise<number | string>;
  /** Ends it, and resolves when it has ended. */
  stop(): Promise<void>;
}

/** What {@link startProcess} takes beside the program. */
export interface StartOptions {
  readonly name: string;
  readonly args: readonly string[];
  readonly print: (line: string) => void;
}

/** Starts a TypeScript program of this folder, or what it was compiled to where this is compiled too. */
export function startProcess(program: URL, { name, args, print }: StartOptions): StartedProcess {
  const extension = extname(import.meta.url);
  const file = fileURLToPath(program).replace(/\.ts$/, extension);
  const conditions = extension === ".ts" ? ["--conditions=@trimtab/source"] : [];
  const child = spawn(process.execPath, [...conditions, file, ...args], {
    // A channel that closes with this process tells the other one to end too, however this one ends.
    stdio: ["ignore", "pipe", "pipe", "ipc"],
    // In a group of its own, since Ctrl-C is for this process, which then ends the others in order.
    detached: true,
  });
  const expected = new Map<RegExp, (match: RegExpExecArray) => void>();
  const listen = (line: string) => {
    print(`${name.padEnd(6)} | ${line}`);
    for (const [pattern, resolve] of expected) {
      const match = pattern.exec(line);
      if (match !== null) resolve(match);
    }
  };
  for (const input of [child.stdout, child.stderr]) if (input !== null) createInterface({ input }).on("line", listen);
  const ended = once(child, "close").then(([code, signal]): number | string => code ?? signal);
  return {
    pid: child.pid,
    says: (pattern) => new Promise((resolve) => expected.set(pattern, resolve)),
    ended,
    async stop() {
      child.kill("SIGTERM");
      await ended;
    },
  };
}
