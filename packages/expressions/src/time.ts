import { isInt64 } from "@trimtab/core";
import { Duration, type Failure, fail, Timestamp } from "./cel-value.ts";

const nanosPerSecond = 1_000_000_000n;
const minNanos = -62_135_596_800n * nanosPerSecond;
const maxNanos = 253_402_300_800n * nanosPerSecond - 1n;

/** A moment within the years 1 to 9999. */
export const createTimestamp = (nanos: bigint): Timestamp | Failure =>
  nanos >= minNanos && nanos <= maxNanos
    ? new Timestamp(nanos)
    : fail("the timestamp is not within the years 1 to 9999");

/** A duration of at most about 292 years. */
export const createDuration = (nanos: bigint): Duration | Failure =>
  isInt64(nanos) ? new Duration(nanos) : fail("the duration is longer than 292 years");

// RFC 3339, section 5.6; the patterns repeat nothing within a repetition.
const timestampPattern = /^(\d{4})-(\d\d)-(\d\d)[Tt ](\d\d):(\d\d):(\d\d)(?:\.(\d{1,9}))?(?:[Zz]|([+-])(\d\d):(\d\d))$/;

/** Reads an RFC 3339 time. */
export function parseTimestamp(text: string): Timestamp | Failure {
  const match = text.length <= 64 ? timestampPattern.exec(text) : null;
  const wrong = () => fail(`${JSON.stringify(text.slice(0, 64))} is no RFC 3339 time`);
  if (match === null) return wrong();
  const [, year, month, day, hour, minute, second, fraction = "", sign, offsetHour = "0", offsetMinute = "0"] = match;
  const [months, days, hours, minutes, seconds] = [
    Number(month),
    Number(day),
    Number(hour),
    Number(minute),
    Number(second),
  ];
  if (hours > 23 || minutes > 59 || seconds > 59 || Number(offsetHour) > 23 || Number(offsetMinute) > 59)
    return wrong();
  const date = new Date(0);
  date.setUTCFullYear(Number(year), months - 1, days);
  if (date.getUTCMonth() !== months - 1 || date.getUTCDate() !== days) return wrong();
  date.setUTCHours(hours, minutes, seconds);
  const offset = (Number(offsetHour) * 60 + Number(offsetMinute)) * 60 * (sign === "-" ? -1 : 1);
  const wholeSeconds = BigInt(date.getTime() / 1000 - offset);
  return createTimestamp(wholeSeconds * nanosPerSecond + BigInt(fraction.padEnd(9, "0")));
}

/** Writes a moment as an RFC 3339 time in UTC, with as many digits of a second as it needs. */
export function formatTimestamp({ nanos }: Timestamp): string {
  const fraction = ((nanos % nanosPerSecond) + nanosPerSecond) % nanosPerSecond;
  const date = new Date(Number((nanos - fraction) / 1_000_000n));
  return `${date.toISOString().slice(0, 19)}${fractionText(fraction)}Z`;
}

const fractionText = (fraction: bigint): string =>
  fraction === 0n ? "" : `.${fraction.toString().padStart(9, "0").replace(/0+$/, "")}`;

const unitNanos: ReadonlyMap<string, bigint> = new Map([
  ["h", 3600n * nanosPerSecond],
  ["m", 60n * nanosPerSecond],
  ["s", nanosPerSecond],
  ["ms", 1_000_000n],
  ["us", 1000n],
  ["µs", 1000n],
  ["ns", 1n],
]);

const durationPart = /(\d+(?:\.\d*)?|\.\d+)(h|ms|m|s|us|µs|ns)/y;

/** Reads a duration such as `1h30m`, `-1.5s` or `250ms`. */
export function parseDuration(text: string): Duration | Failure {
  const wrong = () => fail(`${JSON.stringify(text.slice(0, 64))} is no duration, such as "1h30m" or "1.5s"`);
  if (text.length > 64) return wrong();
  const isNegative = text.startsWith("-");
  const start = isNegative || text.startsWith("+") ? 1 : 0;
  if (text.slice(start) === "0") return new Duration(0n);
  if (text.length === start) return wrong();
  let nanos = 0n;
  for (let at = start; at < text.length; at = durationPart.lastIndex) {
    durationPart.lastIndex = at;
    const [, amount = "", unit = ""] = durationPart.exec(text) ?? [];
    if (amount === "") return wrong();
    const [whole = "", fraction = ""] = amount.split(".");
    const scale = unitNanos.get(unit) ?? 0n;
    nanos += BigInt(whole) * scale + (BigInt(fraction) * scale) / 10n ** BigInt(fraction.length);
  }
  return createDuration(isNegative ? -nanos : nanos);
}

/** Writes a duration in seconds, for instance `1.5s`. */
export function formatDuration({ nanos }: Duration): string {
  const magnitude = nanos < 0n ? -nanos : nanos;
  const fraction = fractionText(magnitude % nanosPerSecond);
  return `${nanos < 0n ? "-" : ""}${magnitude / nanosPerSecond}${fraction}s`;
}
