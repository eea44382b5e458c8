import type { Direction } from "../objectives/objective.ts";
import { createRandom } from "../random.ts";
import type { Sampler, Suggestion } from "../samplers/sampler.ts";
import { createSpaceLayout } from "../space/space-layout.ts";
import type { Trial } from "../study/trial.ts";
import { toTrialTable } from "../study/trial-table.ts";

const layout = createSpaceLayout({ x: { kind: "real", min: 0, max: 1 } });

/** A trial at a place from 0 to 1, with what is to be minimized; under way where nothing is said to have come of it. */
export interface Told {
  readonly x: number;
  readonly values?: readonly number[];
  readonly note?: Suggestion["note"];
}

/** What a sampler suggests for each of the next `count` trials, in the order in which the others are told. */
export function suggestAfter(sampler: Sampler, told: readonly Told[], count: number): readonly Suggestion[] {
  const trials = told.map(toTrial);
  const objectives = told[0]?.values?.length ?? 1;
  const directions = Array<Direction>(objectives).fill("minimize");
  const common = { layout, spaceVersion: 1, directions, trials, table: toTrialTable(trials, directions), seed: 1n };
  return Array.from({ length: count }, (_, i) => {
    const random = createRandom(1, told.length + i);
    const suggestion = sampler.suggest({ ...common, attempt: 0, random, isAllowed: () => true });
    if (suggestion === undefined) throw new Error("the sampler has nothing more to suggest");
    return suggestion;
  });
}

const toTrial = ({ x, values, note }: Told, number: number): Trial => ({
  number,
  state: values === undefined ? "running" : "complete",
  point: { x },
  parameters: { x },
  spaceVersion: 1,
  values: values ?? [],
  intermediateValues: [],
  metrics: {},
  enqueued: false,
  ...(note !== undefined && { note }),
  ...(values !== undefined && { endOrder: number }),
});
