import { spawn } from "node:child_process";
import { once } from "node:events";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import { onTestFinished } from "vitest";

/** The server as people run it: a process of its own. */
export interface ServerProcess {
  readonly url: string;
  readonly port: number;
  readonly pid: number;
  signal(name: NodeJS.Signals): void;
  /** How it ended: with a status, or by a signal. */
  readonly exited: Promise<{ readonly status: number | null; readonly signal: NodeJS.Signals | null }>;
  /** What it has printed to standard error so far. */
  errors(): string;
  /** Everything that it has printed so far. */
  printed(): string;
}

const main = fileURLToPath(new URL("../../src/main.ts", import.meta.url));

/** Starts the command from its sources; it is gone when the test has ended. Fails with what it printed where it does not listen. */
export async function startProcess(args: readonly string[] = []): Promise<ServerProcess> {
  const env = Object.fromEntries(Object.entries(process.env).filter(([name]) => !name.startsWith("TRIMTAB_")));
  const child = spawn(
    process.execPath,
    ["--conditions=@trimtab/source", main, "--listen", "127.0.0.1:0", "--log", "memory", ...args],
    {
      env,
      stdio: ["ignore", "pipe", "pipe"],
    },
  );
  let errors = "";
  let printed = "";
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding("utf8").on("data", (text: string) => {
      printed += text;
    });
  }
  child.stderr.on("data", (text: string) => {
    errors += text;
  });
  // Closed, and not only ended: by then all that it printed has been read.
  const exited = once(child, "close").then(([status, signal]) => ({ status, signal }));
  // Not before it is gone are the folders that it writes to.
  onTestFinished(async () => {
    child.kill("SIGKILL");
    await exited;
  });
  const [line = ""] = await Promise.race([once(createInterface(child.stdout), "line"), once(child, "close")]);
  const [, url, port] = /^listening on (http:\S+:(\d+))$/.exec(String(line)) ?? [];
  if (url === undefined) throw new Error(`the server does not listen: ${line} ${errors}`);
  const { pid = 0 } = child;
  const signal = (name: NodeJS.Signals) => void child.kill(name);
  return { url, port: Number(port), pid, signal, exited, errors: () => errors, printed: () => printed };
}
