// The thread of `createKernelThread`: fits one kernel after the other.
import { parentPort } from "node:worker_threads";
import { fitKernel } from "@trimtab/optimize";
import type { KernelReply, KernelRequest } from "./kernel-calls.ts";

parentPort?.on("message", ({ id, input }: KernelRequest) => {
  const kernel = fitKernel(input);
  parentPort?.postMessage({ id, kernel } satisfies KernelReply);
});
