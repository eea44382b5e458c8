import { type LeaseCommand, type StartOptimizationOptions, toObjective } from "@trimtab/core";
import type { HowToWrite } from "./write-maker.ts";

/** Parts what an optimization is started with from who starts it. */
export function startCommand(
  refs: readonly string[],
  options: Omit<StartOptimizationOptions, "onConflict" | "waitTimeoutMs" | "signal">,
  preempt: boolean,
): { command: LeaseCommand; by: HowToWrite } {
  const { actor, origin, metadata, requestId, via, lease, objective, ...rest } = options;
  const what = { ...rest, ...(objective !== undefined && { objective: toObjective(objective) }) };
  const by = {
    ...(actor !== undefined && { actor }),
    ...(origin !== undefined && { origin }),
    ...(metadata !== undefined && { metadata }),
    ...(requestId !== undefined && { requestId }),
    ...(via !== undefined && { via }),
    ...(lease !== undefined && { lease }),
  };
  return { command: { ...what, kind: "start-optimization", refs, preempt }, by };
}
