import type { StudyMethod } from "@trimtab/core";
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
  given.samplers.find(({ name }) => name === method.name) ?? parseSampler(method);

/**
 * Makes the pruner that is meant.
 *
 * @throws StoreError `invalid_argument` naming `pruner`, or the part of its `config` that it does not know
 */
export const prunerOf = (method: StudyMethod, given: GivenMethods): Pruner =>
  given.pruners.find(({ name }) => name === method.name) ?? parsePruner(method);

/** What is recorded of a sampler or a pruner: its name and all its settings. */
export const methodOf = ({ name, config = {} }: Pick<Sampler, "name" | "config">): StudyMethod => ({ name, config });
