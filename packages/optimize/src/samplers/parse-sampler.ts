import { parseNamed } from "../parse-named.ts";
import { parseSettings } from "../settings.ts";
import { createCmaEsSampler } from "./cma-es-sampler.ts";
import { createGpSampler } from "./gp-sampler.ts";
import { createGridSampler } from "./grid-sampler.ts";
import { createNsga2Sampler } from "./nsga2-sampler.ts";
import { createRandomSampler } from "./random-sampler.ts";
import type { Sampler } from "./sampler.ts";
import { createSobolSampler } from "./sobol-sampler.ts";
import { createTpeSampler } from "./tpe-sampler.ts";

const withoutSettings = (create: () => Sampler) => (given: Readonly<Record<string, unknown>>) => {
  parseSettings({}, given);
  return create();
};

const makers = {
  tpe: createTpeSampler,
  gp: createGpSampler,
  "cma-es": createCmaEsSampler,
  nsga2: createNsga2Sampler,
  sobol: withoutSettings(createSobolSampler),
  random: withoutSettings(createRandomSampler),
  grid: createGridSampler,
};

/**
 * Makes the sampler that is named: `"tpe"`, or `{ name: "tpe", config: { startupTrials: 20 } }` with the options of
 * `createTpeSampler` that are to differ from the usual. `others` names those there are beside, for the message.
 *
 * @throws StoreError `invalid_argument` for an unknown name or setting, and for a setting beyond its limit; names the
 *   field, for instance `sampler.config.startupTrials`, the limit and the value
 */
export const parseSampler = (given: unknown, others?: readonly string[]): Sampler =>
  parseNamed("sampler", makers, given, others);
