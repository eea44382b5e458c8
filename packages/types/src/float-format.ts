/** A binary floating-point format of at most 16 bits, as raw bits in an integer. */
export interface FloatFormat {
  /** Rounds a number to the format, ties to even, and gives its bits; what is too large becomes an infinity. */
  encode(value: number): number;
  /** The exact number that some bits stand for. */
  decode(bits: number): number;
  /** Says whether the bits stand for NaN or an infinity. */
  isSpecial(bits: number): boolean;
  /** Largest relative error of rounding a normal number. */
  readonly unitRoundoff: number;
  /** Distance between the numbers nearest zero. */
  readonly smallest: number;
}

/** Makes a format with IEEE 754's layout from the widths of its exponent and its fraction; they add up to 15. */
function createFloatFormat(exponentBits: number, fractionBits: number): FloatFormat {
  const bias = 2 ** (exponentBits - 1) - 1;
  const special = (2 ** exponentBits - 1) << fractionBits;
  const fractions = 2 ** fractionBits;
  const smallestNormal = 2 ** (1 - bias);
  const smallest = smallestNormal / fractions;
  // By biased exponent; looking a power up takes a fraction of the time that computing it does.
  const powers = Float64Array.from({ length: 2 * bias + 1 }, (_, biased) => 2 ** (biased - bias));
  const magnitude = (value: number): number => {
    if (value < smallestNormal) return roundHalfEven(value / smallest);
    const biased = exponentOf(value) + bias;
    const power = powers[biased];
    if (power === undefined) return special;
    // A fraction that rounds up to a whole carries into the exponent, and from the largest exponent into infinity.
    return biased * fractions + roundHalfEven((value / power - 1) * fractions);
  };
  return {
    unitRoundoff: 1 / (2 * fractions),
    smallest,
    isSpecial: (bits) => (bits & special) === special,
    encode: (value) => {
      if (Number.isNaN(value)) return special | (fractions >> 1);
      const sign = value < 0 || Object.is(value, -0) ? 0x8000 : 0;
      return sign | (Number.isFinite(value) ? magnitude(Math.abs(value)) : special);
    },
    decode: (bits) => {
      const exponent = (bits & special) >> fractionBits;
      const fraction = bits & (fractions - 1);
      const sign = bits & 0x8000 ? -1 : 1;
      if ((bits & special) === special) return fraction === 0 ? sign * Infinity : NaN;
      if (exponent === 0) return sign * fraction * smallest;
      return sign * (1 + fraction / fractions) * (powers[exponent] as number);
    },
  };
}

const scratch = new DataView(new ArrayBuffer(8));

/** The power of two at or below a positive normal 64-bit float. */
function exponentOf(value: number): number {
  scratch.setFloat64(0, value);
  return (scratch.getUint16(0) >> 4) - 1023;
}

/** Rounds a number from 0 to 2^51; at 2^52 floats are whole numbers, so the addition itself rounds ties to even. */
const roundHalfEven = (value: number): number => value + 2 ** 52 - 2 ** 52;

/** IEEE 754 binary16: 5 bits of exponent, 10 of fraction. */
export const float16: FloatFormat = createFloatFormat(5, 10);

/** bfloat16: the upper half of a binary32, so 8 bits of exponent and 7 of fraction. */
export const bfloat16: FloatFormat = createFloatFormat(8, 7);
