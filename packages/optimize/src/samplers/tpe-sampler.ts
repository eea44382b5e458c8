import { crowdingDistances } from "../objectives/dominance.ts";
import { createGrowingFronts } from "../objectives/growing-fronts.ts";
import { parseSettings } from "../settings.ts";
import type { Axis, Parameter, SpaceLayout } from "../space/space-layout.ts";
import { type Steps, withoutPause } from "../steps.ts";
import { keepFold } from "../study/keep-fold.ts";
import { createParzenEstimator, type Density } from "./parzen-estimator.ts";
import { drawUnit } from "./random-sampler.ts";
import {
  type Observation,
  observe,
  observeComplete,
  observePruned,
  observeRunning,
  type SamplerRequest,
  type Seen,
  type SteppingSampler,
  type Suggestion,
} from "./sampler.ts";

/** How TPE looks at what it has seen. */
export interface TpeOptions {
  /** Trials that are drawn at random first: 1 and more; 10 unless given. */
  readonly startupTrials?: number;
  /** Places that are drawn from the good density and compared: 1 to 10 000; 24 unless given. */
  readonly candidates?: number;
}

/**
 * Suggests what is likely among the good trials and unlikely among the others: the tree-structured Parzen estimator of
 * Bergstra et al., "Algorithms for hyper-parameter optimization", 2011, section 4, with densities over all parameters
 * together (Falkner, Klein and Hutter, "BOHB", 2018; Watanabe, "Tree-structured Parzen estimator: understanding its
 * algorithm components", 2023, arXiv 2304.11127). The parameters of a branch are a group of their own, looked at in the
 * trials that took it (Bergstra et al. 2011, section 4).
 *
 * Trials under way count among the others, so that parallel workers keep apart (a constant liar, Ginsbourger et al.
 * 2010). With several objectives the good ones are the first fronts, the least crowded first.
 *
 * @throws StoreError `invalid_argument` for options out of range
 */
export function createTpeSampler(options: TpeOptions = {}): SteppingSampler {
  const config = parseSettings(
    { startupTrials: { initial: 10, min: 1 }, candidates: { initial: 24, min: 1, max: 10_000 } },
    options,
  );
  const { startupTrials, candidates } = config;
  function* steps(request: SamplerRequest): Steps<Suggestion> {
    const { layout, random } = request;
    const ranked = [...rankComplete(request), ...rankPruned(request)];
    if (ranked.length < startupTrials) return { unit: drawUnit(layout, random) };
    const pending = observeRunning(request);
    const unit = new Float64Array(layout.axes.length).fill(Number.NaN);
    for (const group of groupsOf(layout)) {
      yield;
      if (isTaken(group, unit)) yield* suggestGroup(group, { request, unit, ranked, pending, candidates });
    }
    return { unit };
  }
  return { name: "tpe", config, suggest: (request) => withoutPause(steps(request)), steps };
}

/** Parameters that are there together: those that always are, or those of one branch. */
interface Group {
  readonly condition: Parameter["condition"];
  readonly axes: readonly { readonly axis: Axis; readonly index: number }[];
}

const groupings = new WeakMap<SpaceLayout, readonly Group[]>();

/** The groups of a space, parents first. */
function groupsOf(layout: SpaceLayout): readonly Group[] {
  const known = groupings.get(layout);
  if (known !== undefined) return known;
  const indexed = layout.axes.map((axis, index) => ({ axis, index }));
  const keyOf = ({ parameter: { condition } }: Axis) =>
    condition ? `${condition.parent.path}/${condition.branch}` : "";
  const groups = Array.from(Map.groupBy(indexed, ({ axis }) => keyOf(axis)).values(), (axes) => ({
    condition: axes[0]?.axis.parameter.condition,
    axes,
  }));
  groupings.set(layout, groups);
  return groups;
}

function isTaken({ condition }: Group, unit: Float64Array): boolean {
  if (condition === undefined) return true;
  const { parent, branch } = condition;
  return !Number.isNaN(unit[parent.offset]) && parent.codec.decode(unit, parent.offset) === branch;
}

const byNumber = (a: Observation, b: Observation): number => a.trial.number - b.trial.number;

/** The best first; in several objectives front by front, and in each front those with the most room first. */
function rankComplete(request: SamplerRequest): readonly Observation[] {
  const lossOf = ({ losses: [loss = 0] }: Observation) => loss;
  if (request.directions.length > 1) return foldFronts(request).fronts.flatMap(byRoom);
  return observeComplete(request).toSorted((a, b) => lossOf(a) - lossOf(b) || byNumber(a, b));
}

const foldFronts = keepFold({
  keyOf: ({ layout }: Seen) => layout,
  begin: () => createGrowingFronts(({ losses }: Observation) => losses),
  add(fronts, trial, seen) {
    const observed = trial.state === "complete" ? observe(seen, trial) : undefined;
    if (observed !== undefined) fronts.add(observed);
  },
});

// Most fronts are what they were when the last trial was suggested.
const ordered = new WeakMap<readonly Observation[], readonly Observation[]>();

function byRoom(front: readonly Observation[]): readonly Observation[] {
  const known = ordered.get(front);
  if (known !== undefined) return known;
  const members = front.toSorted(byNumber);
  const rooms = crowdingDistances(members.map(({ losses }) => losses));
  const order = Array.from(members.keys()).sort((a, b) => (rooms[b] as number) - (rooms[a] as number) || a - b);
  const sorted = order.map((i) => members[i] as Observation);
  ordered.set(front, sorted);
  return sorted;
}

/** Pruned trials come after complete ones: those that got further first, then by their last value. */
function rankPruned(request: SamplerRequest): readonly Observation[] {
  const sign = request.directions[0] === "maximize" ? -1 : 1;
  const lastOf = ({ trial }: Observation) => trial.intermediateValues.at(-1) ?? { step: -1, value: 0 };
  return observePruned(request).toSorted((a, b) => {
    const [one, other] = [lastOf(a), lastOf(b)];
    return other.step - one.step || sign * (one.value - other.value) || byNumber(a, b);
  });
}

interface Search {
  readonly request: SamplerRequest;
  /** The place suggested so far; the group's axes are written. */
  readonly unit: Float64Array;
  readonly ranked: readonly Observation[];
  readonly pending: readonly Observation[];
  readonly candidates: number;
}

/** Draws candidates from the good density l and keeps that of the greatest l/g (Bergstra et al. 2011, eq. 3). */
function* suggestGroup({ axes }: Group, { request, unit, ranked, pending, candidates }: Search): Steps<void> {
  const first = axes[0]?.index ?? 0;
  const isThere = (each: Observation) => !Number.isNaN(each.unit[first]);
  const seen = ranked.filter(isThere);
  // A tenth are good, at most 25 (Optuna's rule; the linear one of Watanabe 2023, section 3).
  const good = Math.min(Math.ceil(seen.length / 10), 25);
  const reach = reachAfter(seen.length);
  const likely = yield* estimate(seen.slice(0, good), { axes, reach });
  const unlikely = yield* estimate([...seen.slice(good), ...pending.filter(isThere)], { axes, reach });
  const draft = unit.slice();
  let best = Number.NEGATIVE_INFINITY;
  for (let i = 0; i < candidates; i++) {
    yield;
    likely.draw(request.random, draft);
    const score = likely.logAt(draft) - unlikely.logAt(draft);
    if (!(score > best)) continue;
    best = score;
    for (const { index } of axes) unit[index] = draft[index] as number;
  }
}

interface Kernel {
  readonly axes: Group["axes"];
  /** Width of the kernel of one observation. */
  readonly reach: number;
}

function* estimate(observations: readonly Observation[], { axes, reach }: Kernel): Steps<Density> {
  const oldestFirst = observations.toSorted(byNumber);
  yield;
  // Scott's rule for the exponent (Scott, "Multivariate density estimation", 1992).
  const width = Math.max(leastWidth, reach * Math.max(1, observations.length) ** (-1 / (axes.length + 4)));
  return yield* createParzenEstimator({
    axes,
    units: oldestFirst.map(({ unit }) => unit),
    weights: oldestFirst.map((_, i) => recencyWeight(i, oldestFirst.length)),
    priorWeight: 1,
    bandwidths: (centres) => centres.map(() => width),
  });
}

/**
 * The newest 25 count in full, the others less the older they are (the ramp of Bergstra, Yamins and Cox, "Making a
 * science of model search", 2013).
 */
const recencyWeight = (index: number, count: number): number => {
  const ramp = count - 25;
  return index >= ramp ? 1 : 1 / count + (1 - 1 / count) * (index / Math.max(1, ramp - 1));
};

/** Kernels are no narrower than this share of the range, which counts after some thousands of trials. */
const leastWidth = 0.005;

/**
 * How far around a single observation to look, as a share of the range: a fifth, which is usual, at first, and from then
 * on less with the square root of the trials, a twentieth after a hundred. Kernels of one width are either too wide to
 * close in on a minimum within a hundred trials or so narrow that the first good basin is the last (the widths that
 * Watanabe 2023, section 3.3, compares are fixed shares of the range); docs/optimize.md says what was tried.
 */
const reachAfter = (trials: number): number => Math.min(0.2, 0.5 / Math.sqrt(Math.max(1, trials)));
