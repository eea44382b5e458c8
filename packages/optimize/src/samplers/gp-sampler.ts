import { checkLimit } from "../check-limit.ts";
import { fitKernel, type KernelInput } from "../numeric/fit-kernel.ts";
import { fitInSteps, type GaussianProcess, type Kernel } from "../numeric/gaussian-process.ts";
import { parseSettings } from "../settings.ts";
import type { SpaceLayout } from "../space/space-layout.ts";
import { type Steps, withoutPause } from "../steps.ts";
import { keepFold } from "../study/keep-fold.ts";
import type { Trial } from "../study/trial.ts";
import { maximizeImprovement } from "./maximize-improvement.ts";
import { toProcessValues } from "./process-values.ts";
import {
  type Observation,
  observe,
  observeComplete,
  observeRunning,
  type SamplerRequest,
  type Seen,
  type SteppingSampler,
  type Suggestion,
  UnfittedKernel,
} from "./sampler.ts";
import { createSobolSampler } from "./sobol-sampler.ts";

/** How the Gaussian process looks at what it has seen. */
export interface GpOptions {
  /** Trials that are spread evenly first: 2 and more; 10 unless given. */
  readonly startupTrials?: number;
  /**
   * Trials that the process is conditioned on at most, the best and the newest: from `startupTrials` to 5000, 200 unless given. What
   * asking costs grows with its third power.
   */
  readonly maxObservations?: number;
}

/**
 * Suggests where a Gaussian process expects the greatest improvement (Jones, Schonlau and Welch, "Efficient global
 * optimization of expensive black-box functions", 1998), with Matérn's kernel of smoothness 5/2, a length for each
 * axis, and noise. Choices count as equal or not; a parameter that one trial has and another has not makes them far
 * from each other.
 *
 * Trials under way count as if they had come out as expected (the kriging believer of Ginsbourger, Le Riche and
 * Carraro, "Kriging is well-suited to parallelize optimization", 2010). With several objectives it follows the first.
 *
 * @throws StoreError `invalid_argument` for options out of range
 */
export function createGpSampler(options: GpOptions = {}): SteppingSampler {
  const ranges = { startupTrials: { initial: 10, min: 2 }, maxObservations: { initial: 200, min: 2, max: 5000 } };
  const config = parseSettings(ranges, options);
  const { startupTrials, maxObservations } = config;
  checkLimit("maxObservations", maxObservations, startupTrials);
  const startup = createSobolSampler();
  const kernels = createKernels(maxObservations);
  const foldBest = keepFold({
    keyOf: ({ layout }: Seen) => layout,
    begin: (): Observation[] => [],
    add(best, trial, seen) {
      const observed = trial.state === "complete" ? observe(seen, trial) : undefined;
      if (observed !== undefined) keepLeast(best, observed, maxObservations >> 1);
    },
  });
  function* steps(request: SamplerRequest): Steps<Suggestion | undefined> {
    // Between two steps others may take further trials in.
    const complete = [...observeComplete(request)];
    if (complete.length < startupTrials) return startup.suggest(request);
    const seen = select(complete, maxObservations, foldBest(request));
    const kernel = kernels.fit(request.layout, complete);
    const pending = observeRunning(request);
    const taken = [...complete, ...pending].map(({ unit }) => unit);
    const process = yield* conditionOn(seen, pending, kernel);
    return { unit: yield* maximizeImprovement(request, process, { seen, taken }) };
  }
  return {
    name: "gp",
    config,
    prepare(request) {
      const complete = observeComplete(request);
      return complete.length < startupTrials ? undefined : kernels.unfitted(request.layout, complete);
    },
    suggest: (request) => withoutPause(steps(request)),
    steps,
  };
}

const byEnd = (observations: readonly Observation[]): readonly Observation[] =>
  observations.toSorted((a, b) => (a.trial.endOrder ?? 0) - (b.trial.endOrder ?? 0));

const lossOf = ({ losses: [loss = 0] }: Observation): number => loss;

/** Puts an observation where it belongs among the best, of which no more than `count` are kept; the earlier goes before its equal. */
function keepLeast(best: Observation[], observed: Observation, count: number): void {
  const worse = best.findIndex((each) => lossOf(each) > lossOf(observed));
  const place = worse < 0 ? best.length : worse;
  if (place < count) best.splice(place, 0, observed);
  if (best.length > count) best.pop();
}

/** The best half and the newest, where there are more than `count`; the oldest first. */
function select(
  observations: readonly Observation[],
  count: number,
  best: readonly Observation[],
): readonly Observation[] {
  if (observations.length <= count) return observations;
  const among = new Set(best.map(({ trial }) => trial));
  const newest: Observation[] = [];
  for (let i = observations.length - 1; best.length + newest.length < count; i--) {
    const each = observations[i] as Observation;
    if (!among.has(each.trial)) newest.push(each);
  }
  return byEnd([...best, ...newest]);
}

/** The process after what was seen and what is under way. */
function* conditionOn(
  seen: readonly Observation[],
  pending: readonly Observation[],
  kernel: Kernel,
): Steps<GaussianProcess> {
  const units = seen.map(({ unit }) => unit);
  const values = toProcessValues(seen.map(lossOf));
  const process = yield* fitInSteps(units, values, kernel);
  if (pending.length === 0) return process;
  const believed = pending.map(({ unit }) => process.predict(unit).mean);
  const all = [...units, ...pending.map(({ unit }) => unit)];
  return yield* fitInSteps(all, Float64Array.of(...values, ...believed), kernel);
}

/** Fits the kernel anew with every trial at first and then the more rarely the more trials there are. */
function createKernels(maxObservations: number) {
  const known = new WeakMap<SpaceLayout, WeakMap<Trial, Kernel>>();
  const fittedIn = (layout: SpaceLayout): WeakMap<Trial, Kernel> => {
    const fitted = known.get(layout) ?? new WeakMap<Trial, Kernel>();
    known.set(layout, fitted);
    return fitted;
  };
  const find = (layout: SpaceLayout, complete: readonly Observation[]): Kernel | UnfittedKernel => {
    const interval = 2 ** Math.max(0, Math.floor(Math.log2(complete.length / 16)));
    const count = complete.length - (complete.length % interval);
    const last = (complete[count - 1] as Observation).trial;
    const fitted = fittedIn(layout);
    const before = fitted.get(last);
    if (before !== undefined) return before;
    const input = inputOf(layout, complete.slice(0, count), maxObservations);
    return new UnfittedKernel(input, (kernel) => fitted.set(last, kernel));
  };
  return {
    /** The fit that is still to be made after these trials, if it is. */
    unfitted(layout: SpaceLayout, complete: readonly Observation[]): UnfittedKernel | undefined {
      const found = find(layout, complete);
      return found instanceof UnfittedKernel ? found : undefined;
    },
    fit(layout: SpaceLayout, complete: readonly Observation[]): Kernel {
      const found = find(layout, complete);
      if (!(found instanceof UnfittedKernel)) return found;
      const kernel = fitKernel(found.input);
      found.accept(kernel);
      return kernel;
    },
  };
}

function inputOf(layout: SpaceLayout, complete: readonly Observation[], maxObservations: number): KernelInput {
  const best = complete.toSorted((a, b) => lossOf(a) - lossOf(b)).slice(0, maxObservations >> 1);
  const seen = select(complete, maxObservations, best);
  return {
    units: seen.map(({ unit }) => unit),
    values: toProcessValues(seen.map(lossOf)),
    isCategorical: layout.axes.map((axis) => axis.isCategorical),
  };
}
