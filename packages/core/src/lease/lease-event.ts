import type {
  OptimizationEntry,
  OptimizationObjective,
  OptimizationRecord,
  OptimizationState,
} from "./optimization.ts";

/** What has happened to an optimization. */
export type LeaseEvent =
  | {
      readonly kind: "optimization-started";
      readonly optimization: Omit<OptimizationRecord, "entries" | "bests">;
      /** What it leases; absent in commits of earlier programs. */
      readonly variables?: readonly LeasedVariable[];
    }
  | {
      readonly kind: "optimization-reported";
      readonly entry: OptimizationEntry;
      /** What the optimization tries to bring about, where it is known by now. */
      readonly objective?: OptimizationObjective;
      readonly leaseExpiresAtMs: number;
    }
  | { readonly kind: "lease-renewed"; readonly optimization: string; readonly leaseExpiresAtMs: number }
  | {
      readonly kind: "optimization-ended";
      readonly optimization: string;
      readonly state: Exclude<OptimizationState, "running">;
      readonly cause: string;
      /** What it had leased and is there yet; absent in commits of earlier programs. */
      readonly variables?: readonly LeasedVariable[];
    };

/** A variable as it was called then. */
export interface LeasedVariable {
  readonly id: string;
  readonly name: string;
}
