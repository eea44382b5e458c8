/** The numbers from a least to a greatest one, and their places from 0 to 1. */
export interface Interval {
  /** The number at a place: the least at 0, the greatest at 1. */
  at(place: number): number;
  /** The place of a number of the interval; 0.5 where there is but one. `at` finds the number again. */
  placeOf(value: number): number;
}

const clamp = (value: number, min: number, max: number): number => Math.min(max, Math.max(min, value));

/** Makes the interval in which as much lies between two places as between any two as far apart. `min <= max`, both finite. */
export function linearInterval(min: number, max: number): Interval {
  // Halves, where the whole is wider than any number.
  const scale = Number.isFinite(max - min) ? 1 : 0.5;
  const low = min * scale;
  const width = max * scale - low;
  return {
    at: (place) => clamp((low + width * place) / scale, min, max),
    placeOf: (value) => (width > 0 ? clamp((value * scale - low) / width, 0, 1) : 0.5),
  };
}

/** Makes the interval in which equal steps of place are equal factors. `0 < min <= max`, both finite. */
export function logInterval(min: number, max: number): Interval {
  if (max / 2 > min) {
    const logs = linearInterval(Math.log(min), Math.log(max));
    return {
      at: (place) => clamp(Math.exp(logs.at(place)), min, max),
      placeOf: (value) => logs.placeOf(Math.log(value)),
    };
  }
  // Logarithms of numbers that are close to each other differ in their last digits only; what is above the least does not.
  const width = Math.log1p((max - min) / min);
  return {
    at: (place) => clamp(min + min * Math.expm1(width * place), min, max),
    placeOf: (value) => (width > 0 ? clamp(Math.log1p((value - min) / min) / width, 0, 1) : 0.5),
  };
}
