import type { ValueRecord } from "../payload.ts";

/** A named group of variables that are read, searched and set as one. */
export interface ConfigurationSpace {
  /** Unique among the session's spaces. */
  readonly name: string;
  readonly description: string;
  /** Ids of the variables, in the order they were given. Variables that have been deleted are left out. */
  readonly variables: readonly string[];
  readonly metadata: ValueRecord;
  /** 0 when first stored, one more per commit that changes the space or writes any of its variables. */
  readonly version: number;
  readonly createdAtMs: number;
  /** When its version last changed. */
  readonly updatedAtMs: number;
  /** Session revision of the commit that made this version. */
  readonly revision: number;
}
