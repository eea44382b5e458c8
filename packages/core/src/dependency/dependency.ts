import type { ValueRecord } from "../payload.ts";

/**
 * What a dependency means: the value follows from the other's (`data`), what the value may be does (`constraint`), or it
 * is to be optimized after the other or together with it (`optimization`).
 */
export const dependencyKinds = ["data", "constraint", "optimization"] as const;

/** One of {@link dependencyKinds}. */
export type DependencyKind = (typeof dependencyKinds)[number];

/** One variable depends on another. */
export interface Dependency {
  /** Id of the variable that depends. */
  readonly variable: string;
  /** Id of the variable that it depends on. */
  readonly dependsOn: string;
  readonly kind: DependencyKind;
  readonly metadata: ValueRecord;
  /** When it was first added, in milliseconds since the Unix epoch. */
  readonly createdAtMs: number;
  /** Session revision of the commit that last changed it. */
  readonly revision: number;
}
