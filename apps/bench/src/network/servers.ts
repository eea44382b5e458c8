import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { scriptBeside } from "../script-beside.ts";
import { freePort, type Running, startProgram } from "./processes.ts";

/** Bare servers of HTTP/2, HTTP/1.1 and sockets in one process. */
export interface BareServer extends Running {
  readonly http1Port: number;
  readonly socketPort: number;
}

/** Starts the bare servers. */
export async function startBareServer(): Promise<BareServer> {
  const [port, http1Port, socketPort] = [await freePort(), await freePort(), await freePort()];
  const script = scriptBeside(import.meta.url, "bare-server");
  const args = [...process.execArgv, script, ...[port, http1Port, socketPort].map(String)];
  const running = await startProgram({ name: "bare Node", command: process.execPath, args, port });
  return { ...running, http1Port, socketPort };
}

/** Starts a Trimtab server, over a log on disk in a folder of its own or in memory. */
export async function startTrimtab(log: "sqlite" | "memory", settings: readonly string[] = []): Promise<Running> {
  const port = await freePort();
  const data = mkdtempSync(join(tmpdir(), "trimtab-bench-"));
  const script = scriptBeside(import.meta.resolve("@trimtab/server"), "main");
  const own = ["--listen", `127.0.0.1:${port}`, "--log", log, "--data", data];
  const args = [...process.execArgv, script, ...own, ...settings];
  const running = await startProgram({ name: `Trimtab, ${log}`, command: process.execPath, args, port });
  return {
    ...running,
    async stop() {
      await running.stop();
      rmSync(data, { recursive: true, force: true });
    },
  };
}
