import type { Duration, Timestamp } from "@bufbuild/protobuf/wkt";
import { refuseMessage } from "./refuse.ts";

/**
 * Puts a time on the wire: milliseconds since the Unix epoch, of which the part below one microsecond is rounded.
 * {@link fromTimestamp} gives exactly the same number back for every whole number of microseconds up to the year 2109;
 * beyond, a number of milliseconds no longer tells two microseconds apart.
 */
export function toTimestamp(atMs: number): Timestamp {
  const wholeMs = Math.floor(atMs);
  const seconds = Math.floor(wholeMs / 1000);
  // Taken apart before it is scaled, since atMs * 1000 would be rounded.
  const micros = (wholeMs - seconds * 1000) * 1000 + Math.round((atMs - wholeMs) * 1000);
  return micros < 1_000_000 ? timestamp(seconds, micros * 1000) : timestamp(seconds + 1, 0);
}

const timestamp = (seconds: number, nanos: number): Timestamp => ({
  $typeName: "google.protobuf.Timestamp",
  seconds: BigInt(seconds),
  nanos,
});

/**
 * Reads a time; what is below one microsecond is dropped.
 *
 * @throws StoreError `invalid_argument` where it is absent or beyond what milliseconds can tell to the microsecond
 */
export function fromTimestamp(time: Timestamp | undefined, path: string): number {
  if (time === undefined) throw refuseMessage(path, "is required");
  // Divided once at the end, so that it is rounded once: the same number that the writer had.
  const micros = Number(time.seconds) * 1_000_000 + Math.floor(time.nanos / 1000);
  if (!Number.isSafeInteger(micros)) throw refuseMessage(path, `is ${time.seconds} seconds, which is out of range`);
  if (time.nanos < 0 || time.nanos > 999_999_999) throw refuseMessage(path, `has ${time.nanos} nanoseconds`);
  return micros / 1000;
}

/** Puts a length of time on the wire: milliseconds, of which the part below one nanosecond is rounded. */
export function toDuration(durationMs: number): Duration {
  const wholeMs = Math.trunc(durationMs);
  const seconds = Math.trunc(wholeMs / 1000);
  const nanos = (wholeMs - seconds * 1000) * 1_000_000 + Math.round((durationMs - wholeMs) * 1_000_000);
  // Rounding may have made a whole second of the rest; `|| 0` because there is no negative zero in an int32.
  const carry = Math.trunc(nanos / 1_000_000_000);
  return {
    $typeName: "google.protobuf.Duration",
    seconds: BigInt(seconds + carry),
    nanos: nanos - carry * 1_000_000_000 || 0,
  };
}

/**
 * Reads a length of time in milliseconds.
 *
 * @throws StoreError `invalid_argument` where its parts have two signs or it is too long for a number
 */
export function fromDuration({ seconds, nanos }: Duration, path: string): number {
  const wholeMs = Number(seconds) * 1000;
  if (!Number.isSafeInteger(wholeMs)) throw refuseMessage(path, `is ${seconds} seconds, which is out of range`);
  const isMixed = (seconds > 0n && nanos < 0) || (seconds < 0n && nanos > 0);
  if (isMixed || Math.abs(nanos) > 999_999_999) {
    throw refuseMessage(path, `is ${seconds} seconds and ${nanos} nanoseconds, which is no duration`);
  }
  // One division rounds once, so that what was measured in nanoseconds comes back as it was.
  const allNanos = wholeMs * 1_000_000 + nanos;
  if (Number.isSafeInteger(allNanos)) return allNanos / 1_000_000;
  const restMs = Math.trunc(nanos / 1_000_000);
  return wholeMs + restMs + (nanos - restMs * 1_000_000) / 1_000_000;
}
