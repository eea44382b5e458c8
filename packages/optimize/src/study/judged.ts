import type { ValueRecord } from "@trimtab/core";
import { fitKernel, type KernelInput } from "../numeric/fit-kernel.ts";
import type { Kernel } from "../numeric/gaussian-process.ts";
import { UnfittedKernel } from "../samplers/sampler.ts";

/** Why values may not be tried, a sentence for people; nothing where they may. */
export type Objection = string | undefined;

/**
 * Work that asks about values on its way, and for what takes long: it yields values of the variables and is told what rules have against
 * them, or yields a kernel that is to be fitted, or nothing where others may have their turn, and ends with its result. Who runs it decides
 * whether the answer is there at once or has to be waited for.
 */
export type Judged<T> = Generator<ValueRecord | UnfittedKernel | undefined, T, Objection>;

/** Does such work where the answers are there at once. */
export function judge<T>(work: Judged<T>, objectionTo: (values: ValueRecord) => Objection): T {
  let objection: Objection;
  for (;;) {
    const next = work.next(objection);
    if (next.done) return next.value;
    objection = undefined;
    if (next.value instanceof UnfittedKernel) next.value.accept(fitKernel(next.value.input));
    else if (next.value !== undefined) objection = objectionTo(next.value);
  }
}

/** What answers such work in its time. */
export interface Answering {
  readonly objectionTo: (values: ValueRecord) => Promise<Objection>;
  /** Fits kernels elsewhere; here unless given. */
  readonly fitKernel?: ((input: KernelInput) => Promise<Kernel>) | undefined;
}

/** How long such work goes on, in milliseconds, before others of the same thread have their turn. */
const turnMs = 10;

/** Does such work where the answers have to be waited for, and lets others have their turn in between; rejects as what answers does. */
export async function judgeAsync<T>(work: Judged<T>, { objectionTo, fitKernel: fitElsewhere }: Answering): Promise<T> {
  let turnBegan = performance.now();
  let objection: Objection;
  for (;;) {
    const next = work.next(objection);
    if (next.done) return next.value;
    objection = undefined;
    if (next.value instanceof UnfittedKernel) {
      const { input, accept } = next.value;
      accept(fitElsewhere === undefined ? fitKernel(input) : await fitElsewhere(input));
    } else if (next.value !== undefined) objection = await objectionTo(next.value);
    if (performance.now() - turnBegan < turnMs) continue;
    await turnOfOthers();
    turnBegan = performance.now();
  }
}

/** Resolves once whatever else is due has been done. By a message, which unlike timers waits for nothing and is there everywhere. */
const turnOfOthers = (): Promise<void> =>
  new Promise((resolve) => {
    const { port1, port2 } = new MessageChannel();
    port1.addEventListener("message", () => {
      port1.close();
      resolve();
    });
    port1.start();
    port2.postMessage(undefined);
  });
