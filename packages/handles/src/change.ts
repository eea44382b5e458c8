import type { Declarations, Origin, ValueOf, ValueRecord, VariableChange } from "@trimtab/core";

/** What happened to one variable, in the program's own terms. */
export interface Change<V = unknown, Key extends string = string> {
  /**
   * What was done; `initial` is the present value, told to whoever asked for it when subscribing. `changed`,
   * `staleness` and `dependency-changed` leave the value: they touch what surrounds it, whether it follows from what it
   * depends on, or something that it depends on.
   */
  readonly kind: VariableChange["kind"] | "initial";
  /** The key that the program declared the variable under. */
  readonly key: Key;
  /** The variable's name in the session. */
  readonly name: string;
  readonly id: string;
  readonly version: number;
  /** The value now; for `deleted`, the last one. */
  readonly value: V;
  /** The value before, where there was one. */
  readonly previous?: V;
  /** Session revision at which it is so. */
  readonly revision: number;
  /** Milliseconds since the Unix epoch. */
  readonly updatedAtMs: number;
  /** Who is answerable. */
  readonly actor: string;
  readonly origin: Origin;
  /** What the writer said of this write; where history is gone, the variable's own metadata. */
  readonly metadata: ValueRecord;
  /** Earlier changes of this variable may be merged into this one; the value is the newest all the same. */
  readonly lagged: boolean;
  /** Ids of the variables whose new values caused this, where it was computed from them. */
  readonly causedBy?: readonly string[];
}

/** A change of any one of the declared variables; its `key` narrows the type of `value`. */
export type AnyChange<D extends Declarations> = {
  [K in keyof D & string]: Change<ValueOf<D[K]>, K>;
}[keyof D & string];
