import type { Origin, Value, ValueRecord, VariableChange } from "@trimtab/core";

/** What an observer is told: one thing that happened to one variable. */
export interface ObservedEvent {
  readonly kind: VariableChange["kind"];
  readonly id: string;
  readonly name: string;
  readonly version: number;
  /** The value now; for `deleted`, the last one. */
  readonly newValue: Value;
  /** The value before; absent for `registered`. */
  readonly oldValue?: Value;
  /** What the writer said of this write. */
  readonly metadata: ValueRecord;
  readonly actor: string;
  readonly origin: Origin;
  /** Session revision at which it is so. */
  readonly revision: number;
  /** Milliseconds since the Unix epoch. */
  readonly atMs: number;
  /** Ids of the variables whose new values caused it, where it was computed from them. */
  readonly causedBy?: readonly string[];
  /** Earlier events of the variable are merged into this one; the value is the newest all the same. */
  readonly lagged: boolean;
}

/**
 * Two events of one variable as one: the later, with the value from before the earlier. A write stays one, with who made it,
 * where what comes after it leaves the value.
 */
export function mergeEvents(earlier: ObservedEvent, later: ObservedEvent): ObservedEvent {
  if (isWrite(earlier) && !isWrite(later) && later.kind !== "deleted") {
    return { ...earlier, revision: later.revision, lagged: true };
  }
  const { oldValue: _, ...rest } = later;
  const isNew = earlier.kind === "registered" && later.kind !== "deleted";
  return {
    ...rest,
    kind: isNew ? "registered" : later.kind,
    ...(earlier.oldValue !== undefined && { oldValue: earlier.oldValue }),
    lagged: true,
  };
}

const isWrite = ({ kind }: ObservedEvent): boolean => kind === "registered" || kind === "updated";
