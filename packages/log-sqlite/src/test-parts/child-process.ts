import { type ChildProcess, spawn } from "node:child_process";
import { fileURLToPath } from "node:url";
import { onTestFinished } from "vitest";

/** A process on a data folder. */
export interface LogProcess {
  readonly pid: number;
  /** Resolves at the first line that starts with one of these; rejects where the process ends without one. */
  line(...starts: readonly string[]): Promise<string>;
  /** Sends a signal. */
  signal(signal: NodeJS.Signals): void;
  /** Kills the process as nothing can prevent, and resolves to all that it said; rejects where it had ended by itself. */
  kill(): Promise<readonly string[]>;
}

/** Starts a process that opens a folder and writes to so many streams, as a user where one is given; see `writer-process.ts`. */
export function startLogProcess(directory: string, streams: number, user?: number): LogProcess {
  const program = fileURLToPath(new URL("./writer-process.ts", import.meta.url));
  const child = spawn(process.execPath, ["--conditions=@trimtab/source", program, directory, String(streams)], {
    stdio: ["ignore", "pipe", "inherit"],
    ...(user !== undefined && { uid: user, gid: user }),
  });
  const output = collect(child);
  // Not before it is gone is the folder that it writes to.
  onTestFinished(async () => {
    child.kill("SIGKILL");
    await output.all;
  });
  return {
    pid: child.pid ?? 0,
    line: output.line,
    signal: (signal) => void child.kill(signal),
    async kill() {
      if (child.exitCode !== null) throw new Error(`the process ended by itself, with ${child.exitCode}`);
      child.kill("SIGKILL");
      return output.all;
    },
  };
}

function collect({ stdout }: ChildProcess) {
  let text = "";
  let heard = () => {};
  let ended = false;
  const tell = () => {
    const wake = heard;
    heard = () => {};
    wake();
  };
  stdout?.setEncoding("utf8").on("data", (part: string) => {
    text += part;
    tell();
  });
  const all = new Promise<readonly string[]>((resolve) => {
    stdout?.once("end", () => {
      ended = true;
      tell();
      // The last line may be cut off by the kill.
      resolve(text.split("\n").slice(0, -1));
    });
  });
  return {
    all,
    async line(...starts: readonly string[]): Promise<string> {
      for (;;) {
        const found = text
          .split("\n")
          .slice(0, -1)
          .find((line) => starts.some((start) => line.startsWith(start)));
        if (found !== undefined) return found;
        if (ended) throw new Error(`the process ended and said ${JSON.stringify(text)}`);
        await new Promise<void>((resolve) => {
          const before = heard;
          heard = () => {
            before();
            resolve();
          };
        });
      }
    },
  };
}
