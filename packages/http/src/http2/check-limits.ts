import { checkRecord, refuseUnknown, shown } from "../checks.ts";
import { defaultLimits, type Http2Limits } from "./limits.ts";
import { max31Bits } from "./protocol.ts";

interface Bounds {
  readonly min: number;
  readonly max: number;
  readonly isWhole: boolean;
}

/** What is told to the client goes into 32 bits, of which windows take 31. */
const told: Bounds = { min: 1, max: 2 ** 32 - 1, isWhole: true };
const window: Bounds = { min: 1, max: max31Bits, isWhole: true };
/** What is counted here alone may be without a limit, and so may times. */
const count: Bounds = { min: 0, max: Number.POSITIVE_INFINITY, isWhole: false };
const time: Bounds = { min: Number.MIN_VALUE, max: Number.POSITIVE_INFINITY, isWhole: false };

const bounds: Readonly<Record<keyof Omit<Http2Limits, "resets" | "oddities">, Bounds>> = {
  maxStreams: told,
  maxHeaderListBytes: told,
  streamWindowBytes: window,
  connectionWindowBytes: window,
  backlogBytes: count,
  maxHeldBytes: count,
  maxUnsentAnswers: count,
  openingTimeoutMs: time,
  settingsTimeoutMs: time,
  headTimeoutMs: time,
  bodyTimeoutMs: time,
  requestTimeoutMs: time,
  sendTimeoutMs: time,
  idleTimeoutMs: time,
  pingIntervalMs: time,
  pingTimeoutMs: time,
};

const rates = ["resets", "oddities"] as const;
const rateFields = ["burst", "perSecond"] as const;

/**
 * Gives all limits where some are given; what is `undefined` has its default.
 *
 * @throws RangeError for a limit that holds nothing back, such as `NaN`
 * @throws TypeError for what is no limit, such as one that is misspelt
 */
export function withDefaults(limits: Partial<Http2Limits> | undefined): Http2Limits {
  if (limits === undefined) return defaultLimits;
  checkRecord("limits", limits);
  refuseUnknown("limits", limits, Object.keys(defaultLimits));
  const given = Object.entries(limits).filter(([, value]) => value !== undefined);
  for (const [name, value] of given) if (name in bounds) checkBounds(name, value, bounds[name as keyof typeof bounds]);
  for (const name of rates) if (limits[name] !== undefined) checkRate(name, limits[name]);
  return { ...defaultLimits, ...Object.fromEntries(given) };
}

function checkRate(name: string, rate: Http2Limits["resets"]): void {
  checkRecord(`limits.${name}`, rate);
  refuseUnknown(`limits.${name}`, rate, rateFields);
  for (const field of rateFields) checkBounds(`${name}.${field}`, rate[field], count);
}

function checkBounds(name: string, value: unknown, { min, max, isWhole }: Bounds): void {
  if (typeof value === "number" && value >= min && value <= max && (!isWhole || Number.isInteger(value))) return;
  const range = isWhole
    ? `a whole number from ${min} to ${max}`
    : min > 0
      ? "a number above 0"
      : "a number of at least 0";
  throw new RangeError(`limits.${name} must be ${range}, got ${shown(value)}`);
}
