import { fromTimestamp } from "@trimtab/wire";
import type { TimeRange } from "@trimtab/wire/services";

/** Reads from and until when a listing is asked for. */
export const toTimeRange = (range: TimeRange | undefined) => ({
  sinceMs: range?.since && fromTimestamp(range.since, "time_range.since"),
  untilMs: range?.until && fromTimestamp(range.until, "time_range.until"),
});
