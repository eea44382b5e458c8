import { inverseNormalCdf, LOG_ROOT_2_PI, normalCdf, normalMass } from "../numeric/normal.ts";
import type { Random } from "../random.ts";
import type { Axis } from "../space/space-layout.ts";
import type { Steps } from "../steps.ts";

/** A density over some axes of the unit cube. */
export interface Density {
  /** Draws a place and writes it on the density's axes. */
  draw(random: Random, unit: Float64Array): void;
  /** The logarithm of the density at a place; of its mass where axes tell finitely many values apart. */
  logAt(unit: Float64Array): number;
}

/** What a Parzen estimator is made from. */
export interface ParzenOptions {
  /** The axes, and where each is in a place. */
  readonly axes: readonly { readonly axis: Axis; readonly index: number }[];
  /** Places that were seen, the weight of each above 0. */
  readonly units: readonly Float64Array[];
  readonly weights: readonly number[];
  /** Weight of the component that covers everything; above 0. */
  readonly priorWeight: number;
  /** Width of the kernels on each axis, given the centres; the prior's is not among them. */
  readonly bandwidths: (centres: Float64Array) => Float64Array;
}

/**
 * Makes a mixture of one product kernel per place and one that covers the cube (Watanabe, "Tree-structured Parzen
 * estimator: understanding its algorithm components", 2023, section 3 and appendix C): normal kernels cut off at the
 * cube's faces on ordered axes, integrated over cells where there are cells, and kernels of Aitchison and Aitken on
 * categorical ones. With a pause after each axis.
 */
export function* createParzenEstimator(options: ParzenOptions): Steps<Density> {
  const { axes, weights, priorWeight } = options;
  const count = weights.length + 1;
  const total = weights.reduce((sum, weight) => sum + weight, priorWeight);
  const mixture = Float64Array.from([...weights, priorWeight], (weight) => weight / total);
  const kernels: Kernels[] = [];
  for (const each of axes) {
    kernels.push(createKernels(each, options));
    yield;
  }
  const logMixture = mixture.map(Math.log);
  const terms = new Float64Array(count);
  return {
    draw(random, unit) {
      const component = pick(mixture, random.next());
      for (const kernel of kernels) kernel.draw(component, random, unit);
    },
    logAt(unit) {
      terms.set(logMixture);
      for (const kernel of kernels) kernel.addLogs(unit, terms);
      return logSumExp(terms);
    },
  };
}

/** The kernels of all components along one axis. */
interface Kernels {
  draw(component: number, random: Random, unit: Float64Array): void;
  /** Adds the logarithm of each component's density to its term. */
  addLogs(unit: Float64Array, terms: Float64Array): void;
}

function createKernels({ axis, index }: ParzenOptions["axes"][number], options: ParzenOptions): Kernels {
  const centres = Float64Array.from(options.units, (unit) => unit[index] as number);
  if (axis.isCategorical) return createCategoricalKernels(axis.cells, index, centres);
  const widths = options.bandwidths(centres);
  return createNormalKernels(axis.cells, index, Float64Array.of(...centres, 0.5), Float64Array.of(...widths, 1));
}

function createNormalKernels(cells: number, index: number, centres: Float64Array, widths: Float64Array): Kernels {
  const masses = centres.map((centre, i) =>
    normalMass(-centre / (widths[i] as number), (1 - centre) / (widths[i] as number)),
  );
  const logScales = masses.map(
    (mass, i) => -Math.log(mass) - (cells > 0 ? 0 : Math.log(widths[i] as number) + LOG_ROOT_2_PI),
  );
  const addCells = (unit: Float64Array, terms: Float64Array) => {
    const cell = Math.min(cells - 1, Math.floor((unit[index] as number) * cells));
    for (let i = 0; i < terms.length; i++) {
      const [centre, width] = [centres[i] as number, widths[i] as number];
      const mass = normalMass((cell / cells - centre) / width, ((cell + 1) / cells - centre) / width);
      terms[i] = (terms[i] as number) + Math.log(Math.max(mass, 1e-300)) + (logScales[i] as number);
    }
  };
  const addPoints = (unit: Float64Array, terms: Float64Array) => {
    const x = unit[index] as number;
    for (let i = 0; i < terms.length; i++) {
      const z = (x - (centres[i] as number)) / (widths[i] as number);
      terms[i] = (terms[i] as number) - 0.5 * z * z + (logScales[i] as number);
    }
  };
  return {
    draw(component, random, unit) {
      const [centre, width] = [centres[component] as number, widths[component] as number];
      const low = normalCdf(-centre / width);
      const z = inverseNormalCdf(low + random.next() * (masses[component] as number));
      unit[index] = Math.min(1, Math.max(0, centre + width * z));
    },
    addLogs: cells > 0 ? addCells : addPoints,
  };
}

function createCategoricalKernels(cells: number, index: number, centres: Float64Array): Kernels {
  const count = centres.length + 1;
  const own = centres.map((centre) => Math.floor(centre * cells));
  // Each other choice is as likely as one more observation of it would make it, as in Optuna's and Hyperopt's TPE.
  const share = 1 / count;
  const [logOther, logOwn] = [Math.log(share / (1 + cells * share)), Math.log((1 + share) / (1 + cells * share))];
  return {
    draw(component, random, unit) {
      const u = random.next() * (1 + cells * share);
      const isOwn = component < own.length && u < 1;
      const cell = isOwn ? (own[component] as number) : random.below(cells);
      unit[index] = (cell + 0.5) / cells;
    },
    addLogs(unit, terms) {
      const cell = Math.min(cells - 1, Math.floor((unit[index] as number) * cells));
      for (let i = 0; i < own.length; i++) terms[i] = (terms[i] as number) + (own[i] === cell ? logOwn : logOther);
      terms[own.length] = (terms[own.length] as number) - Math.log(cells);
    },
  };
}

function pick(shares: Float64Array, at: number): number {
  let left = at;
  for (let i = 0; i < shares.length - 1; i++) {
    left -= shares[i] as number;
    if (left < 0) return i;
  }
  return shares.length - 1;
}

function logSumExp(terms: Float64Array): number {
  let most = Number.NEGATIVE_INFINITY;
  for (let i = 0; i < terms.length; i++) most = Math.max(most, terms[i] as number);
  let sum = 0;
  for (let i = 0; i < terms.length; i++) sum += Math.exp((terms[i] as number) - most);
  return most + Math.log(sum);
}
