import { checkLimit } from "../check-limit.ts";
import { advanceCma, type CmaState, defaultPopulation, drawCma, hasConverged, startCma } from "../numeric/cma-es.ts";
import { createRandom } from "../random.ts";
import { parseSettings } from "../settings.ts";
import type { SpaceLayout } from "../space/space-layout.ts";
import type { Trial } from "../study/trial.ts";
import { type Observation, observe, type Sampler, type SamplerRequest, type Suggestion } from "./sampler.ts";
import { createTpeSampler } from "./tpe-sampler.ts";

/** How CMA-ES begins. */
export interface CmaEsOptions {
  /** Standard deviation of the first generation, relative to each range: 1e-9 to 10; 0.2 unless given. */
  readonly sigma?: number;
  /** Trials of a generation: 4 to 10 000; the tutorial's 4 + ⌊3 ln n⌋ unless given, or where 0. */
  readonly population?: number;
}

/** How often a draw outside the box is drawn again before it is moved to its face. */
const redraws = 64;

/**
 * Suggests from a normal distribution that each generation of trials moves, stretches and widens or narrows: CMA-ES with
 * rank-one and rank-μ updates, active weights and cumulative step-size adaptation (Hansen, "The CMA evolution strategy:
 * a tutorial", 2016). Draws outside the box are drawn again (op. cit., appendix B.5). A run that has converged is
 * followed by one of twice the population from elsewhere (Auger and Hansen, "A restart CMA evolution strategy with
 * increasing population size", 2005).
 *
 * It moves ordered parameters that are always there; choices and what their branches bring are left to TPE. It starts
 * in the middle, or at the best trial where there is one already, also after a change of the space. With several
 * objectives it follows the first.
 *
 * @throws StoreError `invalid_argument` for options out of range
 */
export function createCmaEsSampler(options: CmaEsOptions = {}): Sampler {
  const ranges = {
    sigma: { initial: 0.2, min: 1e-9, max: 10, isReal: true },
    population: { initial: 0, min: 0, max: 10_000 },
  } as const;
  const config = parseSettings(ranges, options);
  const { sigma, population } = config;
  if (population !== 0) checkLimit("population", population, 4);
  const rest = createTpeSampler();
  const fold = createFold(sigma, population);
  return {
    name: "cma-es",
    config,
    suggest(request) {
      const indices = orderedAxes(request.layout);
      const isMixed = indices.length < request.layout.axes.length;
      const unit = isMixed ? rest.suggest(request)?.unit : new Float64Array(indices.length);
      if (unit === undefined || indices.length === 0) return unit && { unit };
      const { state, note } = fold(request, indices);
      const point = drawWithin(state, request);
      for (const [k, index] of indices.entries()) unit[index] = point[k] as number;
      return { unit, note };
    },
  };
}

const orderedAxes = ({ axes }: SpaceLayout): readonly number[] =>
  Array.from(axes.keys()).filter((i) => !axes[i]?.isCategorical && axes[i]?.parameter.condition === undefined);

function drawWithin(state: CmaState, { random }: SamplerRequest): Float64Array {
  let point = drawCma(state, random);
  for (let tries = 0; tries < redraws && point.some((x) => x < 0 || x > 1); tries++) point = drawCma(state, random);
  return point.map((x) => Math.min(1, Math.max(0, x)));
}

type Position = Required<Suggestion>["note"];

/**
 * Makes the fold from trials to the state of the present run. Generations that were folded before are kept; they are
 * the same trials or they are folded again.
 */
function createFold(sigma: number, population: number) {
  const kept = new Map<string, { readonly members: readonly Trial[]; readonly state: CmaState }>();
  const advance = (key: string, state: CmaState, members: readonly Observation[], indices: readonly number[]) => {
    const trials = members.map(({ trial }) => trial);
    const known = kept.get(key);
    if (known?.members.length === trials.length && trials.every((trial, i) => trial === known.members[i]))
      return known.state;
    const best = members.toSorted((a, b) => lossOf(a) - lossOf(b));
    const next = advanceCma(
      state,
      best.map(({ unit }) => Float64Array.from(indices, (i) => unit[i] as number)),
    );
    kept.set(key, { members: trials, state: next });
    return next;
  };
  return (request: SamplerRequest, indices: readonly number[]): { state: CmaState; note: Position } => {
    const { spaceVersion: space, seed } = request;
    const complete = observe(request, "complete").toSorted((a, b) => (a.trial.endOrder ?? 0) - (b.trial.endOrder ?? 0));
    const generations = Map.groupBy(complete, ({ trial: { note } }) => keyOf(note ?? {}));
    const usual = population || defaultPopulation(indices.length);
    for (let run = 0; ; run++) {
      const start = run === 0 ? firstStart(request, complete, indices) : randomStart(seed, run, indices.length);
      let state = startCma(Float64Array.from(start), sigma, usual * 2 ** run);
      while (!hasConverged(state, 1e-12)) {
        const note = { space, run, generation: state.generation };
        const members = generations.get(keyOf(note))?.slice(0, state.parameters.population) ?? [];
        if (members.length < state.parameters.population) {
          return { state, note: run === 0 && state.generation === 0 ? { ...note, start } : note };
        }
        state = advance(`${keyOf(note)} ${seed} ${start.join()}`, state, members, indices);
      }
    }
  };
}

const lossOf = ({ losses: [loss = 0] }: Observation): number => loss;

const keyOf = ({ space, run, generation }: Position): string => `${space}/${run}/${generation}`;

const randomStart = (seed: bigint, run: number, dimensions: number): readonly number[] => {
  const random = createRandom(seed, 0x636d61, run);
  return Array.from({ length: dimensions }, () => random.uniform());
};

/** Where the first run on this space starts: as its first trial says, so that trials told later do not move it. */
function firstStart(
  request: SamplerRequest,
  complete: readonly Observation[],
  indices: readonly number[],
): readonly number[] {
  const first = request.trials.find(
    ({ note }) => note?.["start"] !== undefined && note["space"] === request.spaceVersion,
  );
  if (first?.note !== undefined) return first.note["start"] as readonly number[];
  const best = complete.toSorted((a, b) => lossOf(a) - lossOf(b))[0];
  return indices.map((i) => best?.unit[i] ?? 0.5);
}
