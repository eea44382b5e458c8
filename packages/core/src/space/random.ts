/** A source of random numbers that always gives the same ones for the same seed. */
export interface Random {
  /** A number of at least 0 and below 1, a multiple of 2^-53. */
  next(): number;
  /** A whole number of at least 0 and below `count`, which is at most 2^53. */
  below(count: number): number;
}

/**
 * Makes a source of random numbers: sfc32 of Chris Doty-Humphrey's PractRand, whose state of 128 bits is set from the
 * seed and warmed up over 16 rounds.
 *
 * @param seed - a whole number of at least 0 and below 2^53
 */
export function createRandom(seed: number): Random {
  let a = 0x9e3779b9 | 0;
  let b = (seed >>> 0) | 0;
  let c = Math.floor(seed / 2 ** 32) | 0;
  let counter = 1;
  const next32 = (): number => {
    const out = (((a + b) | 0) + counter) | 0;
    counter = (counter + 1) | 0;
    a = b ^ (b >>> 9);
    b = (c + (c << 3)) | 0;
    c = (((c << 21) | (c >>> 11)) + out) | 0;
    return out >>> 0;
  };
  for (let round = 0; round < 16; round++) next32();
  const next = (): number => ((next32() >>> 5) * 2 ** 26 + (next32() >>> 6)) * 2 ** -53;
  return { next, below: (count) => Math.min(count - 1, Math.floor(next() * count)) };
}
