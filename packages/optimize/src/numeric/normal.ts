/** The density of the standard normal distribution. */
export const normalPdf = (x: number): number => Math.exp(-0.5 * x * x) * INVERSE_ROOT_2_PI;

const INVERSE_ROOT_2_PI = 0.3989422804014327;

/** ln(√(2π)). */
export const LOG_ROOT_2_PI = 0.9189385332046728;

/**
 * The probability that a standard normal number is below `x`, to an absolute error of about 1e-15 and to 8 digits in the
 * far tail (Hart, "Computer Approximations", 1968, nr. 5666, as given by West, "Better approximations to cumulative normal
 * functions", 2005).
 */
export function normalCdf(x: number): number {
  const lower = lowerTail(Math.abs(x));
  return x > 0 ? 1 - lower : lower;
}

/** The probability of being below `-z`, for z of at least 0. */
function lowerTail(z: number): number {
  if (z > 37.5) return 0;
  const density = Math.exp(-0.5 * z * z);
  return z < 7.07106781186547
    ? density * (polynomial(numerator, z) / polynomial(denominator, z))
    : density * millsTail(z);
}

/** Mills' ratio beyond seven deviations, by its continued fraction, over √(2π). */
const millsTail = (z: number): number => INVERSE_ROOT_2_PI / (z + 1 / (z + 2 / (z + 3 / (z + 4 / (z + 0.65)))));

const numerator = [
  3.52624965998911e-2, 0.700383064443688, 6.37396220353165, 33.912866078383, 112.079291497871, 221.213596169931,
  220.206867912376,
];
const denominator = [
  8.83883476483184e-2, 1.75566716318264, 16.064177579207, 86.7807322029461, 296.564248779674, 637.333633378831,
  793.826512519948, 440.413735824752,
];

/** By Horner's rule, the highest power first. */
function polynomial(coefficients: readonly number[], x: number): number {
  let sum = 0;
  for (let i = 0; i < coefficients.length; i++) sum = sum * x + (coefficients[i] as number);
  return sum;
}

/** The logarithm of {@link normalCdf}, which stays finite far below where that is 0. */
export function logNormalCdf(x: number): number {
  if (x > -7) return x > 5 ? Math.log1p(-lowerTail(x)) : Math.log(normalCdf(x));
  return -0.5 * x * x + Math.log(millsTail(-x));
}

/** The probability of lying between two numbers, without loss of digits where both are far above 0. */
export const normalMass = (from: number, to: number): number =>
  from > 0 ? normalCdf(-from) - normalCdf(-to) : normalCdf(to) - normalCdf(from);

/**
 * The number below which a standard normal number lies with probability `p`, to about 16 digits
 * (Wichura, "Algorithm AS 241: the percentage points of the normal distribution", 1988, PPND16).
 * Gives -Infinity and Infinity for 0 and 1.
 */
export function inverseNormalCdf(p: number): number {
  const q = p - 0.5;
  if (Math.abs(q) <= 0.425) {
    const r = 0.180625 - q * q;
    return (q * polynomial(centreOver, r)) / polynomial(centreUnder, r);
  }
  const tail = q < 0 ? p : 1 - p;
  if (tail <= 0) return q < 0 ? -Infinity : Infinity;
  const r = Math.sqrt(-Math.log(tail));
  const z =
    r <= 5
      ? polynomial(middleOver, r - 1.6) / polynomial(middleUnder, r - 1.6)
      : polynomial(farOver, r - 5) / polynomial(farUnder, r - 5);
  return q < 0 ? -z : z;
}

const centreOver = [
  2509.0809287301227, 33430.57558358813, 67265.7709270087, 45921.95393154987, 13731.69376550946, 1971.5909503065513,
  133.14166789178438, 3.3871328727963665,
];
const centreUnder = [
  5226.495278852854, 28729.085735721943, 39307.89580009271, 21213.794301586597, 5394.196021424751, 687.1870074920579,
  42.31333070160091, 1.0,
];
const middleOver = [
  0.0007745450142783414, 0.022723844989269184, 0.2417807251774506, 1.2704582524523684, 3.6478483247632045,
  5.769497221460691, 4.630337846156546, 1.4234371107496835,
];
const middleUnder = [
  1.0507500716444169e-9, 0.0005475938084995345, 0.015198666563616457, 0.14810397642748008, 0.6897673349851,
  1.6763848301838038, 2.053191626637759, 1.0,
];
const farOver = [
  2.0103343992922881e-7, 2.7115555687434876e-5, 0.0012426609473880784, 0.026532189526576124, 0.29656057182850487,
  1.7848265399172913, 5.463784911164114, 6.657904643501103,
];
const farUnder = [
  2.0442631033899397e-15, 1.421511758316446e-7, 1.8463183175100548e-5, 0.0007868691311456133, 0.014875361290850615,
  0.1369298809227358, 0.599832206555888, 1.0,
];
