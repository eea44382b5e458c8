import type { Kernel, KernelInput } from "@trimtab/optimize";

/** What the thread is asked. */
export interface KernelRequest {
  readonly id: number;
  readonly input: KernelInput;
}

/** What it answers. */
export interface KernelReply {
  readonly id: number;
  readonly kernel: Kernel;
}
