import { fork } from "node:child_process";
import { once } from "node:events";
import { fileURLToPath } from "node:url";
import type { Settings } from "../../src/settings.ts";
import type { ProbeAnswer, ProbeQuestion } from "./probed-main.ts";

/** A server in a process of its own, which tells how it is. A fault that nobody catches ends it, as it ends any server. */
export interface ProbedServer {
  readonly url: string;
  readonly port: number;
  /** Asks how it is; rejects with what it printed where it has ended. */
  ask(question: ProbeQuestion): Promise<ProbeAnswer>;
  close(): Promise<void>;
}

/** Starts one from its sources. */
export async function startProbed(settings: Partial<Settings> = {}): Promise<ProbedServer> {
  const main = fileURLToPath(new URL("probed-main.ts", import.meta.url));
  const child = fork(main, [JSON.stringify(settings)], {
    execArgv: ["--conditions=@trimtab/source"],
    stdio: ["ignore", "pipe", "pipe", "ipc"],
  });
  let printed = "";
  for (const stream of [child.stdout, child.stderr]) stream?.on("data", (text) => (printed += text));
  const ended = once(child, "exit").then(([status, signal]) => {
    throw new Error(`the server has ended with ${status ?? signal}: ${printed}`);
  });
  ended.catch(() => {});
  const heard: unknown[] = [];
  let listener = (): void => {};
  child.on("message", (message) => {
    heard.push(message);
    listener();
  });
  const hear = async <T>(): Promise<T> => {
    if (heard.length === 0) await Promise.race([new Promise<void>((resolve) => (listener = resolve)), ended]);
    return heard.shift() as T;
  };
  const { url } = await hear<{ url: string }>();
  return {
    url,
    port: Number(new URL(url).port),
    async ask(question) {
      child.send(question, () => {});
      return hear<ProbeAnswer>();
    },
    async close() {
      child.kill("SIGKILL");
      await ended.catch(() => {});
    },
  };
}
