import type { Random } from "../random.ts";
import type { SpaceLayout } from "../space/space-layout.ts";
import type { Sampler } from "./sampler.ts";

/** Suggests points at random: uniform on each range, by magnitude where that is logarithmic. */
export const createRandomSampler = (): Sampler => ({
  name: "random",
  config: {},
  suggest: ({ layout, random }) => ({ unit: drawUnit(layout, random) }),
});

/** A place in the unit cube, uniform. */
export const drawUnit = ({ axes }: SpaceLayout, random: Random): Float64Array =>
  Float64Array.from(axes, () => random.next());
