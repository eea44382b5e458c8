import type { ValueRecord } from "../payload.ts";
import type { OptimizationObjective, OptimizationOutcome } from "./optimization.ts";

/** What can be asked of optimizations. */
export type LeaseCommand =
  | {
      readonly kind: "start-optimization";
      readonly refs: readonly string[];
      readonly optimizer: string;
      readonly config?: ValueRecord;
      readonly objective?: OptimizationObjective;
      readonly maxIterations?: number;
      readonly convergenceThreshold?: number;
      readonly feedbackInterval?: number;
      readonly priority?: number;
      readonly leaseTtlMs?: number;
      /** End those of lower priority that hold a variable. */
      readonly preempt?: boolean;
    }
  | {
      readonly kind: "renew-lease";
      readonly optimization: string;
      readonly fencingToken: number;
      readonly leaseTtlMs?: number;
    }
  | {
      readonly kind: "report-progress";
      readonly optimization: string;
      readonly fencingToken: number;
      readonly iteration?: number;
      /** By id or name. */
      readonly values?: ValueRecord;
      readonly metrics?: Readonly<Record<string, number>>;
    }
  | {
      readonly kind: "stop-optimization";
      readonly target: OptimizationTarget;
      /** Needed by all but the session that the variables belong to. */
      readonly fencingToken?: number;
      readonly applyBest?: boolean;
      readonly force?: boolean;
      readonly outcome?: OptimizationOutcome;
      readonly cause?: string;
    }
  /** Records that leases which were not renewed in time are lost. */
  | { readonly kind: "abandon-optimizations" };

/** Names an optimization, or the one that holds, or held last, a variable. */
export type OptimizationTarget =
  | { readonly kind: "optimization"; readonly id: string }
  | { readonly kind: "variable"; readonly ref: string };

/** By what an {@link OptimizationTarget} names an optimization. */
export const optimizationTargets = [
  "optimization",
  "variable",
] as const satisfies readonly OptimizationTarget["kind"][];
