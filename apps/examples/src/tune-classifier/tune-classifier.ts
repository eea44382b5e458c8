import { type StartedProcess, startProcess } from "./start-process.ts";

/** What {@link tuneClassifier} takes. */
export interface TuneClassifierOptions {
  /** How many settings the tuner tries. */
  readonly trials: number;
  /** Decides what is tried after the first sweep: the same settings for the same seed. */
  readonly seed: number;
  /** Takes what the processes say, line by line. */
  readonly print: (line: string) => void;
  /** Ends all processes; the promise then rejects with the reason. */
  readonly signal: AbortSignal;
  /** Is waited for when the server listens and nothing else has been started. */
  readonly onListening?: (url: string) => Promise<unknown>;
  /** Hears of each process that was started. */
  readonly onStarted?: (name: string, process: StartedProcess) => void;
}

/**
 * Starts a server, a worker and a tuner, each a process of its own, and resolves when the tuner is done and all of them
 * have ended. Rejects where one ends before its time; the others are ended then too.
 */
export async function tuneClassifier({ signal, ...options }: TuneClassifierOptions): Promise<void> {
  signal.throwIfAborted();
  const running: StartedProcess[] = [];
  const broken = Promise.withResolvers<never>();
  // Nobody may be waiting at the moment it breaks.
  broken.promise.catch(() => {});
  const abort = () => broken.reject(signal.reason);
  signal.addEventListener("abort", abort);
  const start = (name: string, program: URL, ...args: string[]) => {
    const started = startProcess(program, { name, args, print: options.print });
    running.unshift(started);
    options.onStarted?.(name, started);
    return started;
  };
  const startLasting = (name: string, program: URL, ...args: string[]) => {
    const started = start(name, program, ...args);
    started.ended.then((status) => broken.reject(endedEarly(name, status)), broken.reject);
    return started;
  };
  const unlessBroken = <T>(step: Promise<T>) => Promise.race([step, broken.promise]);
  try {
    const server = startLasting("server", new URL("./server.ts", import.meta.url));
    const [, url = ""] = await unlessBroken(server.says(/^listening on (\S+)$/));
    await unlessBroken(Promise.resolve(options.onListening?.(url)));
    const worker = startLasting("worker", new URL("./worker.ts", import.meta.url), url);
    await unlessBroken(worker.says(/^following the settings$/));
    const tuner = start(
      "tuner",
      new URL("./tuner.ts", import.meta.url),
      url,
      String(options.trials),
      String(options.seed),
    );
    const status = await unlessBroken(tuner.ended);
    if (status !== 0) throw endedEarly("tuner", status);
  } finally {
    signal.removeEventListener("abort", abort);
    for (const each of running) await each.stop().catch(() => {});
  }
}

const endedEarly = (name: string, status: number | string) =>
  new Error(`the ${name} ended before its time (${status})`);
