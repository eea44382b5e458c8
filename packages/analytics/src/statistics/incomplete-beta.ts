/**
 * The regularized incomplete beta function I_x(a, b), to about 1e-13 of its value, by its continued fraction (DLMF 8.17.22)
 * evaluated after Lentz.
 *
 * @param x from 0 to 1
 * @param a above 0
 * @param b above 0
 */
export function incompleteBeta(x: number, a: number, b: number): number {
  if (x <= 0) return 0;
  if (x >= 1) return 1;
  // The fraction converges fast only on this side of the mean; the other follows by symmetry (DLMF 8.17.4).
  if (x > (a + 1) / (a + b + 2)) return 1 - incompleteBeta(1 - x, b, a);
  const scale = a * Math.log(x) + b * Math.log1p(-x) - logBeta(a, b);
  return (Math.exp(scale) / a) * fraction(x, a, b);
}

const tiny = 1e-300;
const precision = 1e-16;
const maxSteps = 10_000;

function fraction(x: number, a: number, b: number): number {
  const away = (value: number) => (Math.abs(value) < tiny ? tiny : value);
  let c = 1;
  let d = 1 / away(1 - ((a + b) * x) / (a + 1));
  let result = d;
  for (let m = 1; m <= maxSteps; m++) {
    let change = 1;
    const even = (m * (b - m) * x) / ((a + 2 * m - 1) * (a + 2 * m));
    const odd = (-(a + m) * (a + b + m) * x) / ((a + 2 * m) * (a + 2 * m + 1));
    for (const term of [even, odd]) {
      d = 1 / away(1 + term * d);
      c = away(1 + term / c);
      change *= c * d;
      result *= c * d;
    }
    if (Math.abs(change - 1) < precision) break;
  }
  return result;
}

const logBeta = (a: number, b: number): number => logGamma(a) + logGamma(b) - logGamma(a + b);

/** The first coefficients of Stirling's series, B(2k) / (2k (2k - 1)) (DLMF 5.11.1). */
const stirling = [1 / 12, -1 / 360, 1 / 1260, -1 / 1680, 1 / 1188, -691 / 360_360, 1 / 156];
/** From here on the terms that are left out are below what a number tells apart. */
const largeEnough = 12;

/** The logarithm of the gamma function for x above 0. */
function logGamma(x: number): number {
  // Γ(x) = Γ(x + n) / (x (x + 1) ... (x + n - 1))
  let product = 1;
  let z = x;
  for (; z < largeEnough; z++) product *= z;
  let series = 0;
  for (const [k, coefficient] of stirling.entries()) series += coefficient / z ** (2 * k + 1);
  return (z - 0.5) * Math.log(z) - z + 0.5 * Math.log(2 * Math.PI) + series - Math.log(product);
}
