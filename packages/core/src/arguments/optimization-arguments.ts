import { optimizationStates } from "../lease/optimization.ts";
import type { OptimizationStore } from "../store/optimization-store.ts";
import {
  absentable,
  type CallArguments,
  flag,
  list,
  number,
  object,
  oneOf,
  optional,
  options,
  recordOf,
  signal,
  text,
  values,
} from "./kind.ts";
import { page, refs, session, times, write } from "./shared-kinds.ts";

const optimization = ["optimization", text] as const;
const target = ["target", object({ kind: text, id: optional(text), ref: optional(text) })] as const;

/** What the arguments are of what coordinates optimizers. */
export const optimizationArguments: CallArguments<OptimizationStore> = {
  startOptimization: [
    session,
    refs,
    [
      "options",
      object({
        ...absentable(write),
        optimizer: text,
        config: optional(values),
        objective: optional(object({ metric: text, direction: text })),
        maxIterations: optional(number),
        convergenceThreshold: optional(number),
        feedbackInterval: optional(number),
        onConflict: optional(text),
        waitTimeoutMs: optional(number),
        signal: optional(signal),
        priority: optional(number),
        leaseTtlMs: optional(number),
      }),
    ],
  ],
  renewLease: [
    session,
    optimization,
    ["options", object({ ...absentable(write), fencingToken: number, leaseTtlMs: optional(number) })],
  ],
  reportProgress: [
    session,
    optimization,
    [
      "options",
      object({
        ...absentable(write),
        fencingToken: number,
        iteration: optional(number),
        values: optional(values),
        metrics: optional(recordOf(number)),
      }),
    ],
  ],
  stopOptimization: [
    session,
    target,
    ["options", options({ ...write, fencingToken: number, applyBest: flag, force: flag, outcome: text, cause: text })],
  ],
  getOptimizationStatus: [session, target],
  listOptimizations: [
    session,
    ["options", options({ ...page, variable: text, states: list(oneOf(optimizationStates)), optimizer: text })],
  ],
  listOptimizationHistory: [
    session,
    ["options", options({ ...page, ...times, variable: text, optimization: text, optimizer: text })],
  ],
};
