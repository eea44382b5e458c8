import { storeError } from "@trimtab/core";

/** What one setting may be: a number within limits, both included, whole unless said. */
export interface SettingRange {
  readonly initial: number;
  readonly min: number;
  readonly max?: number;
  readonly isReal?: true;
}

/** The settings that a sampler or a pruner has, by name. */
export type SettingRanges = Readonly<Record<string, SettingRange>>;

/**
 * Fills in what is left open and gives all settings.
 *
 * @throws StoreError `invalid_argument` naming a setting that there is none of, or the limit that a value is beyond
 */
export function parseSettings<const R extends SettingRanges>(
  ranges: R,
  given: { readonly [K in keyof R]?: unknown },
): Readonly<Record<keyof R & string, number>> {
  const unknown = Object.keys(given).find((name) => !Object.hasOwn(ranges, name));
  if (unknown !== undefined) {
    const known = Object.keys(ranges).join(", ") || "none";
    throw storeError("invalid_argument", `${unknown} is no setting, there are: ${known}`, { field: unknown });
  }
  const parsed = Object.entries(ranges).map(([name, range]) => [name, parseSetting(name, range, given[name])]);
  return Object.fromEntries(parsed) as Record<keyof R & string, number>;
}

function parseSetting(
  name: string,
  { initial, min, max = Number.POSITIVE_INFINITY, isReal }: SettingRange,
  given: unknown,
): number {
  if (given === undefined) return initial;
  // Other programs send whole numbers as such.
  const value = typeof given === "bigint" ? Number(given) : given;
  const kind = isReal ? "a number" : "a whole number";
  if (typeof value !== "number") {
    const message = `${name} must be ${kind} of at least ${min}, got ${typeof given}`;
    throw storeError("invalid_argument", message, { field: name, limit: min });
  }
  const isOfKind = isReal ? Number.isFinite(value) : Number.isSafeInteger(value);
  if (isOfKind && value >= min && !(value > max)) return value;
  const [bound, limit] = isOfKind && value > max ? ["most", max] : ["least", min];
  const message = `${name} must be ${kind} of at ${bound} ${limit}, got ${value}`;
  throw storeError("invalid_argument", message, { field: name, limit, value });
}
