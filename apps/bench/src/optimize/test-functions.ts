import type { Space, ValueRecord } from "@trimtab/core";
import type { SearchSpace } from "@trimtab/optimize";
import { digits } from "./digits.ts";

/** A function to minimise, with the space that it is searched over. */
export interface TestFunction {
  readonly name: string;
  readonly space: SearchSpace;
  /** Gives one loss, or one per objective. */
  readonly evaluate: (values: ValueRecord) => readonly number[];
  /** How many losses it gives; 1 unless said. */
  readonly objectives?: number;
  /** What hypervolumes are measured to. */
  readonly reference?: readonly number[];
}

const real = (min: number, max: number, log = false): Space => ({ kind: "real", min, max, log });

const box = (dimensions: number, min: number, max: number): SearchSpace =>
  Object.fromEntries(Array.from({ length: dimensions }, (_, i) => [`x${i}`, real(min, max)]));

const numbers = (values: ValueRecord): readonly number[] => Object.values(values) as number[];

/** Least value 0.397887 (Dixon and Szegő, "The global optimization problem", 1978). */
const branin: TestFunction = {
  name: "Branin",
  space: { x: real(-5, 10), y: real(0, 15) },
  evaluate(values) {
    const [x = 0, y = 0] = numbers(values);
    const bend = y - (5.1 / (4 * Math.PI ** 2)) * x * x + (5 / Math.PI) * x - 6;
    return [bend * bend + 10 * (1 - 1 / (8 * Math.PI)) * Math.cos(x) + 10];
  },
};

const hartmannScales = [
  [10, 3, 17, 3.5, 1.7, 8],
  [0.05, 10, 17, 0.1, 8, 14],
  [3, 3.5, 1.7, 10, 17, 8],
  [17, 8, 0.05, 10, 0.1, 14],
];
const hartmannCentres = [
  [0.1312, 0.1696, 0.5569, 0.0124, 0.8283, 0.5886],
  [0.2329, 0.4135, 0.8307, 0.3736, 0.1004, 0.9991],
  [0.2348, 0.1451, 0.3522, 0.2883, 0.3047, 0.665],
  [0.4047, 0.8828, 0.8732, 0.5743, 0.1091, 0.0381],
];

/** Least value -3.32237 (Dixon and Szegő, op. cit.). */
const hartmann6: TestFunction = {
  name: "Hartmann-6",
  space: box(6, 0, 1),
  evaluate(values) {
    const x = numbers(values);
    const wells = [1, 1.2, 3, 3.2].map((depth, i) => {
      const distance = x.reduce(
        (sum, each, k) => sum + (hartmannScales[i]?.[k] ?? 0) * (each - (hartmannCentres[i]?.[k] ?? 0)) ** 2,
        0,
      );
      return depth * Math.exp(-distance);
    });
    return [-wells.reduce((sum, well) => sum + well, 0)];
  },
};

/** Least value 0 at ones (Rosenbrock, "An automatic method for finding the greatest or least value", 1960). */
const rosenbrock10: TestFunction = {
  name: "Rosenbrock-10",
  space: box(10, -5, 10),
  evaluate(values) {
    const x = numbers(values);
    let sum = 0;
    for (let i = 0; i + 1 < x.length; i++) {
      const [a = 0, b = 0] = [x[i], x[i + 1]];
      sum += 100 * (b - a * a) ** 2 + (1 - a) ** 2;
    }
    return [sum];
  },
};

/** Least value 0 at zeros (Ackley, 1987), in a box whose middle is elsewhere, since samplers favour the middle. */
const ackley10: TestFunction = {
  name: "Ackley-10",
  space: box(10, -16.384, 32.768),
  evaluate(values) {
    const x = numbers(values);
    const square = x.reduce((sum, each) => sum + each * each, 0) / x.length;
    const waves = x.reduce((sum, each) => sum + Math.cos(2 * Math.PI * each), 0) / x.length;
    return [-20 * Math.exp(-0.2 * Math.sqrt(square)) - Math.exp(waves) + 20 + Math.E];
  },
};

const choice = (branches: Readonly<Record<string, SearchSpace>>): Space => ({
  kind: "conditional",
  branches,
  toValue: (branch, parameters) => ({ branch, parameters }),
});
const integer = (min: number, max: number, log = false): Space => ({
  kind: "integer",
  min: BigInt(min),
  max: BigInt(max),
  log,
});

type Branch = { readonly branch: string; readonly parameters: Readonly<Record<string, number>> };

/** How far a value is from its best, in orders of magnitude of its range. */
const off = (value: number | undefined, best: number, scale: number): number =>
  (Math.log10((value ?? 1) / best) / scale) ** 2;

/**
 * A made-up tuning problem of three models with parameters of their own, real, integer and logarithmic, and a
 * preprocessing step that suits one of them: least value 0.02, by the network.
 */
const conditional: TestFunction = {
  name: "conditional",
  space: {
    model: choice({
      svm: { c: real(1e-3, 1e3, true), gamma: real(1e-5, 10, true) },
      forest: { trees: integer(10, 1000, true), depth: integer(2, 32), share: real(0.05, 1) },
      network: {
        rate: real(1e-5, 1, true),
        layers: integer(1, 6),
        width: integer(8, 512, true),
        dropout: real(0, 0.8),
      },
    }),
    scaling: choice({ none: {}, standard: {}, quantile: {} }),
    smoothing: real(1e-4, 1, true),
  },
  evaluate(values) {
    const { branch, parameters: p } = values["model"] as unknown as Branch;
    const scaling = (values["scaling"] as unknown as Branch).branch;
    const shared = 0.02 * off(values["smoothing"] as number, 0.02, 1) + (scaling === "none" ? 0.03 : 0);
    if (branch === "svm") return [0.06 + shared + 0.05 * off(p["c"], 20, 2) + 0.08 * off(p["gamma"], 0.01, 1.5)];
    if (branch === "forest") {
      const depth = ((p["depth"] ?? 0) - 14) / 15;
      const share = (p["share"] ?? 0) - 0.3;
      return [0.05 + shared + 0.03 * off(p["trees"], 600, 1) + 0.05 * depth * depth + 0.1 * share * share];
    }
    const layers = Math.abs((p["layers"] ?? 0) - 3) * 0.015;
    const dropout = 0.2 * ((p["dropout"] ?? 0) - 0.25) ** 2;
    const mismatch = scaling === "quantile" ? 0 : 0.02;
    return [
      0.02 + shared + mismatch + layers + dropout + 0.1 * off(p["rate"], 3e-3, 1) + 0.04 * off(p["width"], 180, 1),
    ];
  },
};

/** Least value 0 at ones (Levy and Montalvo, "The tunneling algorithm for the global minimization of functions", 1985). */
const levy8: TestFunction = {
  name: "Levy-8",
  space: box(8, -10, 10),
  evaluate(values) {
    const w = numbers(values).map((each) => 1 + (each - 1) / 4);
    const [first = 0, last = 0] = [w[0], w.at(-1)];
    const inner = w
      .slice(0, -1)
      .reduce((sum, each) => sum + (each - 1) ** 2 * (1 + 10 * Math.sin(Math.PI * each + 1) ** 2), 0);
    return [Math.sin(Math.PI * first) ** 2 + inner + (last - 1) ** 2 * (1 + Math.sin(2 * Math.PI * last) ** 2)];
  },
};

/** Least value -39.166 per variable (Styblinski and Tang, "Experiments in nonconvex optimization", 1990). */
const styblinskiTang5: TestFunction = {
  name: "Styblinski-Tang-5",
  space: box(5, -5, 5),
  evaluate: (values) => [numbers(values).reduce((sum, x) => sum + (x ** 4 - 16 * x * x + 5 * x) / 2, 0)],
};

/** Least value about -4.688, in narrow valleys (Michalewicz, "Genetic algorithms + data structures", 1992). */
const michalewicz5: TestFunction = {
  name: "Michalewicz-5",
  space: box(5, 0, Math.PI),
  evaluate: (values) => [
    -numbers(values).reduce((sum, x, i) => sum + Math.sin(x) * Math.sin(((i + 1) * x * x) / Math.PI) ** 20, 0),
  ],
};

/** Integers, magnitudes and a choice without branches of its own weight: least value 0. */
const mixed: TestFunction = {
  name: "mixed",
  space: {
    solver: choice({ a: {}, b: {}, c: {}, d: {} }),
    rate: real(1e-6, 1, true),
    decay: real(1e-8, 1e-2, true),
    layers: integer(1, 12),
    units: integer(4, 1024, true),
    share: real(0, 1),
  },
  evaluate(values) {
    const { solver, rate, decay, layers, units, share } = values;
    const offset = ["c", "a", "d", "b"].indexOf((solver as unknown as Branch).branch) * 0.1;
    const shape = ((layers as number) - 5) ** 2 / 20 + off(units as number, 90, 1);
    return [
      offset +
        off(rate as number, 2e-4, 1) +
        off(decay as number, 1e-5, 2) / 4 +
        shape +
        ((share as number) - 0.7) ** 2,
    ];
  },
};

/** What single-objective samplers are compared on, and what their settings were chosen by. */
export const testFunctions: readonly TestFunction[] = [branin, hartmann6, rosenbrock10, ackley10, levy8, conditional];

/** What no sampler's settings were chosen by: whether choices made on {@link testFunctions} hold elsewhere. */
export const heldOutFunctions: readonly TestFunction[] = [styblinskiTang5, michalewicz5, mixed, digits];

/** ZDT1 to ZDT3, of thirty variables (Zitzler, Deb and Thiele, "Comparison of multiobjective evolutionary algorithms", 2000). */
const zdt = (name: string, second: (first: number, g: number) => number): TestFunction => ({
  name,
  space: box(30, 0, 1),
  objectives: 2,
  reference: [1.1, 6],
  evaluate(values) {
    const [first = 0, ...rest] = numbers(values);
    const g = 1 + (9 * rest.reduce((sum, each) => sum + each, 0)) / rest.length;
    return [first, second(first, g)];
  },
});

/** DTLZ2 of three objectives and twelve variables (Deb, Thiele, Laumanns and Zitzler, 2002): the front is a sphere. */
const dtlz2: TestFunction = {
  name: "DTLZ2",
  space: box(12, 0, 1),
  objectives: 3,
  reference: [2, 2, 2],
  evaluate(values) {
    const [a = 0, b = 0, ...rest] = numbers(values).map((each) => (each * Math.PI) / 2);
    const radius = 1 + rest.reduce((sum, each) => sum + ((each * 2) / Math.PI - 0.5) ** 2, 0);
    return [radius * Math.cos(a) * Math.cos(b), radius * Math.cos(a) * Math.sin(b), radius * Math.sin(a)];
  },
};

/** What samplers of several objectives are compared on. */
export const multiObjectiveFunctions: readonly TestFunction[] = [
  zdt("ZDT1", (first, g) => g * (1 - Math.sqrt(first / g))),
  zdt("ZDT2", (first, g) => g * (1 - (first / g) ** 2)),
  zdt("ZDT3", (first, g) => g * (1 - Math.sqrt(first / g) - (first / g) * Math.sin(10 * Math.PI * first))),
  dtlz2,
];
