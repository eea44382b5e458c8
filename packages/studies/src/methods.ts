import { type StudyMethod, storeError, valueEquals } from "@trimtab/core";
import { type Pruner, parsePruner, parseSampler, type Sampler } from "@trimtab/optimize";

/** Samplers and pruners that a process brings along, which come before those of the same name that there are. */
export interface GivenMethods {
  readonly samplers: readonly Sampler[];
  readonly pruners: readonly Pruner[];
}

/**
 * Makes the sampler that is meant.
 *
 * @throws StoreError `invalid_argument` naming `sampler`, or the part of its `config` that it does not know
 */
export const samplerOf = (method: StudyMethod, given: GivenMethods): Sampler =>
  given.samplers.find(({ name }) => name === method.name) ??
  parseSampler(
    method,
    given.samplers.map(({ name }) => name),
  );

/** The most that settings may be which make asking dear, by sampler: the thread that suggests has others to answer. */
const mostOf: Readonly<Record<string, Readonly<Record<string, number>>>> = {
  gp: { maxObservations: 500 },
  tpe: { candidates: 1000 },
};

/**
 * Makes the sampler that is meant by a new study, as {@link samplerOf} does. What a process brings along may cost what it likes.
 *
 * @throws StoreError `invalid_argument` naming also what may be set only so high
 */
export function newSamplerOf(method: StudyMethod, given: GivenMethods): Sampler {
  const sampler = samplerOf(method, given);
  if (given.samplers.includes(sampler)) return configured(sampler, method, "sampler");
  for (const [name, limit] of Object.entries(mostOf[sampler.name] ?? {})) {
    const value = sampler.config?.[name];
    if (typeof value !== "number" || value <= limit) continue;
    const field = `sampler.config.${name}`;
    const message = `${field} must be at most ${limit} in a study that a store keeps, got ${value}`;
    throw storeError("invalid_argument", message, { field, limit, value });
  }
  return sampler;
}

/** What a process brings along is as it was made: a setting that says otherwise would not be acted upon. */
function configured<M extends Sampler | Pruner>(made: M, { config }: StudyMethod, what: "sampler" | "pruner"): M {
  for (const [name, value] of Object.entries(config)) {
    const own = made.config?.[name];
    if (own !== undefined && valueEquals(own, value)) continue;
    const field = `${what}.config.${name}`;
    throw storeError("invalid_argument", `${field} is not as this process has made its ${made.name}`, { field });
  }
  return made;
}

/**
 * Makes the pruner that is meant by a new study, as {@link prunerOf} does.
 *
 * @throws StoreError `invalid_argument` naming also settings of what a process brings along
 */
export function newPrunerOf(method: StudyMethod, given: GivenMethods): Pruner {
  const pruner = prunerOf(method, given);
  return given.pruners.includes(pruner) ? configured(pruner, method, "pruner") : pruner;
}

/**
 * Makes the pruner that is meant.
 *
 * @throws StoreError `invalid_argument` naming `pruner`, or the part of its `config` that it does not know
 */
export const prunerOf = (method: StudyMethod, given: GivenMethods): Pruner =>
  given.pruners.find(({ name }) => name === method.name) ??
  parsePruner(
    method,
    given.pruners.map(({ name }) => name),
  );

/** What is recorded of a sampler or a pruner: its name and all its settings. */
export const methodOf = ({ name, config = {} }: Pick<Sampler, "name" | "config">): StudyMethod => ({ name, config });
