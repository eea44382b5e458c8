import type { Worker } from "node:worker_threads";
import { fitKernel, type Kernel, type KernelInput } from "@trimtab/optimize";
import type { KernelReply, KernelRequest } from "./kernel-calls.ts";

/**
 * A thread of Node that fits the kernels of Gaussian processes, one after the other, so that no other thread is held up by it. In a browser
 * it is the thread that asks.
 */
export interface KernelThread {
  /** Fits a kernel; rejects where the thread ended before it had. */
  readonly fitKernel: (input: KernelInput) => Promise<Kernel>;
  /** Ends the thread; what is under way rejects, and so does what is asked later. */
  close(): Promise<void>;
}

interface Waiting {
  readonly resolve: (kernel: Kernel) => void;
  readonly reject: (error: Error) => void;
}

/**
 * Makes such a thread, for studies (`createStudies`) and whoever calls `decideAsk`. It starts with the first kernel, starts anew after it
 * has failed, and keeps no process alive that waits for nothing from it.
 */
export function createKernelThread(): KernelThread {
  const waiting = new Map<number, Waiting>();
  let worker: Worker | undefined;
  let lastId = 0;
  let closed = false;
  const threads = threadsOfNode();

  const fail = (error: Error): void => {
    worker = undefined;
    const all = [...waiting.values()];
    waiting.clear();
    for (const { reject } of all) reject(error);
  };
  const start = ({ Worker }: typeof import("node:worker_threads")): Worker => {
    const started = new Worker(workerUrl(), { name: "trimtab-kernels" });
    started.on("message", ({ id, kernel }: KernelReply) => {
      const one = waiting.get(id);
      waiting.delete(id);
      if (waiting.size === 0) started.unref();
      one?.resolve(kernel);
    });
    started.on("error", fail);
    started.on("exit", () => {
      if (worker === started) fail(ended());
    });
    started.unref();
    return started;
  };
  return {
    fitKernel: (input) =>
      new Promise((resolve, reject) => {
        if (closed) return reject(ended());
        if (threads === undefined) return resolve(fitKernel(input));
        worker ??= start(threads);
        const id = ++lastId;
        worker.postMessage({ id, input } satisfies KernelRequest);
        worker.ref();
        waiting.set(id, { resolve, reject });
      }),
    async close() {
      closed = true;
      await worker?.terminate();
    },
  };
}

/** Asked for as it is needed, since a browser would not load what imports it. */
const threadsOfNode = () =>
  (globalThis as { process?: Partial<NodeJS.Process> }).process?.getBuiltinModule?.("node:worker_threads");

const ended = () => new Error("the thread that fits kernels has ended");

/** Beside this file, which is TypeScript where the sources run as they are, and JavaScript where they were built. */
const workerUrl = (): URL =>
  import.meta.url.endsWith(".ts")
    ? new URL("./kernel-worker.ts", import.meta.url)
    : new URL("./kernel-worker.js", import.meta.url);
