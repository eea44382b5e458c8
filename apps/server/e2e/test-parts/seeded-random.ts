/** Draws numbers that depend on the seed alone (xorshift32; Marsaglia, "Xorshift RNGs", 2003). */
export function createRandom(seed: number): {
  /** A whole number from `min` up to and including `max`. */
  whole(min: number, max: number): number;
} {
  let state = seed | 0 || 1;
  return {
    whole(min, max) {
      state ^= state << 13;
      state ^= state >>> 17;
      state ^= state << 5;
      return min + ((state >>> 0) % (max - min + 1));
    },
  };
}
