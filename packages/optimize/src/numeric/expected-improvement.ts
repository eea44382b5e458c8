import { LOG_ROOT_2_PI, logNormalCdf, normalCdf, normalPdf } from "./normal.ts";

/** The logarithm of an expected improvement and how it changes with the mean and the deviation. */
export interface LogImprovement {
  readonly value: number;
  readonly byMean: number;
  readonly byDeviation: number;
}

/**
 * The logarithm of how much a normal value is expected to be below `best`, what is above counting as nothing
 * (Jones, Schonlau and Welch, "Efficient global optimization of expensive black-box functions", 1998, eq. 15). It stays
 * finite and has a slope where the improvement itself is 0 to floats (Ament et al., "Unexpected improvements to expected
 * improvement for Bayesian optimization", 2023).
 */
export function logExpectedImprovement(mean: number, deviation: number, best: number): LogImprovement {
  const z = (best - mean) / deviation;
  const logDensity = -0.5 * z * z - LOG_ROOT_2_PI;
  // EI = σ (φ(z) + z Φ(z)) = σ φ(z) t; far below, t is the tail of an asymptotic series.
  const isFar = z < -6;
  const mills = isFar ? Math.exp(logNormalCdf(z) - logDensity) : normalCdf(z) / normalPdf(z);
  const t = isFar ? (1 - 3 / z ** 2 + 15 / z ** 4 - 105 / z ** 6) / z ** 2 : 1 + z * mills;
  if (z > 6) return { value: Math.log(best - mean), byMean: -1 / (best - mean), byDeviation: 0 };
  return {
    value: Math.log(deviation) + logDensity + Math.log(t),
    byMean: -mills / (t * deviation),
    byDeviation: 1 / (t * deviation),
  };
}
