import { type Failure, fail, type Timestamp } from "./cel-value.ts";
import { charge, type Frame } from "./frame.ts";
import { type Overloads, overload } from "./overload.ts";

const nanosPerMilli = 1_000_000n;
const dayMs = 86_400_000;
/** Looking up a place's rules for time is far slower than any operator. */
const zoneCost = 500;
const maxZones = 64;

const fixedZone = /^([+-]?)(\d\d):(\d\d)$/;

/** A moment's clock and calendar in a zone, as a date whose UTC fields say what a clock there shows. */
function localTime(frame: Frame, { nanos }: Timestamp, zone: string): Date | Failure {
  const fraction = ((nanos % nanosPerMilli) + nanosPerMilli) % nanosPerMilli;
  const milliseconds = Number((nanos - fraction) / nanosPerMilli);
  if (zone === "UTC") return new Date(milliseconds);
  const [, sign, hours, minutes] = (zone.length <= 6 && fixedZone.exec(zone)) || [];
  if (hours !== undefined) {
    const offsetMinutes = (Number(hours) * 60 + Number(minutes)) * (sign === "-" ? -1 : 1);
    return new Date(milliseconds + offsetMinutes * 60_000);
  }
  charge(frame, zoneCost);
  const format = zoneFormat(zone);
  if (format === undefined) return fail(`${JSON.stringify(zone.slice(0, 64))} is no time zone`);
  const field: Record<string, number> = {};
  for (const { type, value } of format.formatToParts(milliseconds)) field[type] = Number(value);
  const local = new Date(0);
  local.setUTCFullYear(field["year"] ?? 0, (field["month"] ?? 1) - 1, field["day"] ?? 1);
  const rest = ((milliseconds % 1000) + 1000) % 1000;
  local.setUTCHours(field["hour"] ?? 0, field["minute"] ?? 0, field["second"] ?? 0, rest);
  return local;
}

const zoneFormats = new Map<string, Intl.DateTimeFormat>();

function zoneFormat(zone: string): Intl.DateTimeFormat | undefined {
  const known = zoneFormats.get(zone);
  if (known !== undefined) return known;
  if (!/^[A-Za-z][A-Za-z0-9_+\-/]{0,63}$/.test(zone)) return undefined;
  try {
    const format = new Intl.DateTimeFormat("en-US-u-ca-iso8601-nu-latn", {
      timeZone: zone,
      hourCycle: "h23",
      year: "numeric",
      month: "numeric",
      day: "numeric",
      hour: "numeric",
      minute: "numeric",
      second: "numeric",
    });
    if (zoneFormats.size >= maxZones) zoneFormats.clear();
    zoneFormats.set(zone, format);
    return format;
  } catch {
    return undefined;
  }
}

function getter(read: (local: Date) => number): Overloads {
  const inZone = (frame: Frame, moment: Timestamp, zone: string): bigint | Failure => {
    const local = localTime(frame, moment, zone);
    return local instanceof Date ? BigInt(read(local)) : local;
  };
  return [
    overload(["google.protobuf.Timestamp"], "int", (frame, moment) => inZone(frame, moment, "UTC")),
    overload(["google.protobuf.Timestamp", "string"], "int", inZone),
  ];
}

const dayOfYear = (local: Date): number => {
  const start = new Date(0);
  start.setUTCFullYear(local.getUTCFullYear(), 0, 1);
  return Math.floor((local.getTime() - start.getTime()) / dayMs);
};

const ofDuration = (read: (nanos: bigint) => bigint): Overloads => [
  overload(["google.protobuf.Duration"], "int", (_, { nanos }) => read(nanos)),
];

/** Methods of moments, in UTC or in a given zone, and of durations. */
export const timeMethods: readonly (readonly [string, Overloads])[] = [
  ["getFullYear", getter((local) => local.getUTCFullYear())],
  ["getMonth", getter((local) => local.getUTCMonth())],
  ["getDate", getter((local) => local.getUTCDate())],
  ["getDayOfMonth", getter((local) => local.getUTCDate() - 1)],
  ["getDayOfWeek", getter((local) => local.getUTCDay())],
  ["getDayOfYear", getter(dayOfYear)],
  ["getHours", [...getter((local) => local.getUTCHours()), ...ofDuration((nanos) => nanos / 3_600_000_000_000n)]],
  ["getMinutes", [...getter((local) => local.getUTCMinutes()), ...ofDuration((nanos) => nanos / 60_000_000_000n)]],
  ["getSeconds", [...getter((local) => local.getUTCSeconds()), ...ofDuration((nanos) => nanos / 1_000_000_000n)]],
  [
    "getMilliseconds",
    [
      ...getter((local) => local.getUTCMilliseconds()),
      ...ofDuration((nanos) => (nanos % 1_000_000_000n) / nanosPerMilli),
    ],
  ],
];
