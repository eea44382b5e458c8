import { isNdArray, type NdArray, payloadEquals, type Space, toPayload, type Value } from "@trimtab/core";
import { inverseNormalCdf, normalCdf } from "../numeric/normal.ts";
import { linearInterval, logInterval } from "./interval.ts";

/**
 * The correspondence between the values of one parameter and numbers in [0, 1], one per axis. Uniform numbers become
 * values that are uniform in the parameter's own sense: by magnitude where it is logarithmic, by direction on a sphere.
 */
export interface RangeCodec {
  /** How many numbers stand for a value. */
  readonly width: number;
  /** How many values an axis tells apart; 0 where it is continuous. */
  readonly cells: number;
  /** The values have no order. */
  readonly isCategorical: boolean;
  /** Reads the value at `unit[offset]` and on; every number in [0, 1] gives a valid one. */
  decode(unit: Float64Array, offset: number): Value;
  /** Writes a value's numbers, the middles of their cells; gives `false` for a value outside the range. */
  encode(value: Value, unit: Float64Array, offset: number): boolean;
}

type Range<K extends Space["kind"]> = Space & { readonly kind: K };

/** Makes the codec of one parameter. A conditional one counts as the choice among its branches. */
export function createRangeCodec(space: Space): RangeCodec {
  switch (space.kind) {
    case "real":
      return createReal(space);
    case "integer":
      return createInteger(space);
    case "categorical":
      return createCategorical(space.choices);
    case "vector":
      return createVector(space);
    case "conditional":
      return createCategorical(Object.keys(space.branches));
  }
}

const clamp = (value: number, min: number, max: number): number => Math.min(max, Math.max(min, value));

/** The cell of `count` equal ones that a number in [0, 1] falls into. */
const cellOf = (unit: number, count: number): number => Math.min(count - 1, Math.floor(unit * count));

function createReal({ min, max, step, log }: Range<"real">): RangeCodec {
  if (step !== undefined && !log) return createGrid(min, max, step);
  const interval = log ? logInterval(min, max) : linearInterval(min, max);
  return {
    width: 1,
    cells: 0,
    isCategorical: false,
    decode(unit, offset) {
      const value = interval.at(unit[offset] as number);
      return step === undefined ? value : onGrid(min, max, step, Math.round((value - min) / step));
    },
    encode(value, unit, offset) {
      if (typeof value !== "number" || !(value >= min && value <= max)) return false;
      unit[offset] = interval.placeOf(value);
      return true;
    },
  };
}

/** The point of a grid of the given number, or the one before where rounding carries that past the maximum. */
function onGrid(min: number, max: number, step: number, index: number): number {
  const value = min + index * step;
  return value <= max ? value : Math.max(min, min + (index - 1) * step);
}

function createGrid(min: number, max: number, step: number): RangeCodec {
  // A little more than the quotient, so that 0.3 counts as three steps of 0.1.
  const last = Math.min(Math.floor(((max - min) / step) * (1 + 2 * Number.EPSILON)), Number.MAX_SAFE_INTEGER - 1);
  const count = min + last * step <= max || last === 0 ? last + 1 : last;
  return {
    width: 1,
    cells: count,
    isCategorical: false,
    decode: (unit, offset) => onGrid(min, max, step, cellOf(unit[offset] as number, count)),
    encode(value, unit, offset) {
      if (typeof value !== "number" || !(value >= min && value <= max)) return false;
      const index = Math.round((value - min) / step);
      if (Math.abs(min + index * step - value) > 1e-9 * Math.max(step, Math.abs(value))) return false;
      unit[offset] = clamp((index + 0.5) / count, 0, 1);
      return true;
    },
  };
}

function createInteger({ min, max, step = 1n, log }: Range<"integer">): RangeCodec {
  const count = (max - min) / step + 1n;
  const indexOf = (value: Value): bigint | undefined => {
    const whole = typeof value === "number" && Number.isSafeInteger(value) ? BigInt(value) : value;
    if (typeof whole !== "bigint" || whole < min || whole > max || (whole - min) % step !== 0n) return undefined;
    return (whole - min) / step;
  };
  // By magnitude every integer has the numbers from half below to half above it.
  const magnitudes = log && logInterval(Number(min) - 0.5, Number(max) + 0.5);
  const indexAt = (unit: number): bigint => {
    if (!magnitudes) return scaled(unit, count);
    const value = BigInt(Math.round(clamp(magnitudes.at(unit), Number(min), Number(max))));
    return (value - min + step / 2n) / step;
  };
  return {
    width: 1,
    cells: log || count > BigInt(Number.MAX_SAFE_INTEGER) ? 0 : Number(count),
    isCategorical: false,
    decode(unit, offset) {
      const index = indexAt(unit[offset] as number);
      const value = min + (index < count ? (index < 0n ? 0n : index) : count - 1n) * step;
      const number = Number(value);
      return Number.isSafeInteger(number) ? number : value;
    },
    encode(value, unit, offset) {
      const index = indexOf(value);
      if (index === undefined) return false;
      const middle = (Number(index) + 0.5) / Number(count);
      unit[offset] = magnitudes ? magnitudes.placeOf(Number(value)) : clamp(middle, 0, 1);
      return true;
    },
  };
}

/** `floor(unit * count)` for counts that no float holds exactly. */
const scaled = (unit: number, count: bigint): bigint => (BigInt(Math.floor(unit * 2 ** 53)) * count) >> 53n;

function createCategorical(choices: readonly Value[]): RangeCodec {
  const payloads = choices.map((choice) => toPayload(choice));
  const indexOf = (value: Value): number => {
    const payload = toPayload(value);
    return payloads.findIndex((each) => payloadEquals(each, payload));
  };
  return {
    width: 1,
    cells: choices.length,
    isCategorical: true,
    decode: (unit, offset) => choices[cellOf(unit[offset] as number, choices.length)] as Value,
    encode(value, unit, offset) {
      const index = indexOf(value);
      unit[offset] = (index + 0.5) / choices.length;
      return index >= 0;
    },
  };
}

function createVector({ dimensions, sphere, min, max }: Range<"vector">): RangeCodec {
  const interval = linearInterval(min, max);
  return {
    width: dimensions,
    cells: 0,
    isCategorical: false,
    decode(unit, offset) {
      const axes = Array.from(unit.subarray(offset, offset + dimensions));
      return sphere ? toDirection(axes) : axes.map(interval.at);
    },
    encode(value, unit, offset) {
      const components = toComponents(value);
      if (components?.length !== dimensions || !components.every(Number.isFinite)) return false;
      const norm = Math.hypot(...components);
      if (sphere ? Math.abs(norm - 1) > 1e-2 : components.some((each) => each < min || each > max)) return false;
      const scale = Math.sqrt(dimensions) / norm;
      for (const [i, each] of components.entries()) {
        unit[offset + i] = sphere ? normalCdf(each * scale) : interval.placeOf(each);
      }
      return true;
    },
  };
}

/** Normal components have no preferred direction (Muller, "A note on a method for generating points", 1959). */
function toDirection(axes: readonly number[]): readonly number[] {
  const normals = axes.map((axis) => inverseNormalCdf(clamp(axis, 2 ** -54, 1 - 2 ** -53)));
  const norm = Math.hypot(...normals);
  return norm > 0 ? normals.map((each) => each / norm) : axes.map((_, i) => (i === 0 ? 1 : 0));
}

/** The components of a vector, whatever form it is in: a list, a typed array, or a stored array of floats. */
function toComponents(value: Value): readonly number[] | undefined {
  if (Array.isArray(value)) return value.every((each) => typeof each === "number") ? value : undefined;
  if (value instanceof Float32Array || value instanceof Float64Array) return Array.from(value);
  return isNdArray(value) ? floatsOf(value) : undefined;
}

function floatsOf({ dtype, data }: NdArray): readonly number[] | undefined {
  if (dtype !== "f32" && dtype !== "f64") return undefined;
  const view = new DataView(data.buffer, data.byteOffset, data.byteLength);
  const bytes = dtype === "f32" ? 4 : 8;
  return Array.from({ length: data.byteLength / bytes }, (_, i) =>
    bytes === 4 ? view.getFloat32(4 * i, true) : view.getFloat64(8 * i, true),
  );
}
