import { parseValue, type Space, type VariableDeclaration } from "@trimtab/core";
import { neighbour, oneOf } from "./neighbour.ts";
import type { Random } from "./seeded-random.ts";
import { type Settings, settings } from "./variables.ts";

/** Settings that were tried, and how good they are. */
export interface Trial {
  readonly settings: Settings;
  /** Share of digits recognized, 0 to 1. */
  readonly accuracy: number;
}

const classifierSpace = spaceOf(settings.classifier);
const resolutionSpace = spaceOf(settings.resolution);

/** What is tried first: every classifier as it comes, on small digits and on larger ones. */
export function sweep(): readonly Settings[] {
  const modules = classifierSpace.kind === "conditional" ? Object.keys(classifierSpace.branches) : [];
  return (["4x4", "7x7"] as const).flatMap((resolution) =>
    modules.map((module): Settings => ({ classifier: classifierOf(module), resolution, digits: "validation" })),
  );
}

/**
 * What is tried then: the best settings with one thing changed, and now and then the second best or the third. Where all
 * of that seems to have been tried, it goes farther, from anywhere.
 */
export function refine(tried: readonly Trial[], random: Random): Settings {
  const seen = new Set(tried.map((trial) => JSON.stringify(trial.settings)));
  const best = ranked(tried).slice(0, 3);
  for (let attempt = 0; ; attempt++) {
    const bases = attempt < 50 ? best : tried;
    const base = random() < 0.7 ? bases[0] : oneOf(bases, random);
    if (base === undefined) throw new RangeError("there is nothing to refine before something was tried");
    let moved = move(base.settings, random);
    for (let farther = 50; farther < attempt; farther += 50) moved = move(moved, random);
    if (!seen.has(JSON.stringify(moved))) return moved;
  }
}

/** Trials with the best first; of equals the earlier one. */
export const ranked = (tried: readonly Trial[]): readonly Trial[] => tried.toSorted((a, b) => b.accuracy - a.accuracy);

function move(base: Settings, random: Random): Settings {
  if (random() < 0.3) {
    const resolution = neighbour(resolutionSpace, base.resolution, random);
    return { ...base, resolution: checked(settings.resolution, resolution) };
  }
  return { ...base, classifier: checked(settings.classifier, neighbour(classifierSpace, base.classifier, random)) };
}

/** A classifier with the defaults of its parameters. */
const classifierOf = (module: string) => checked(settings.classifier, module);

/** The value that a declared variable holds when it is set to some input. */
function checked<V>({ type, constraints }: VariableDeclaration<V>, input: unknown): V {
  const parsed = parseValue(type, constraints, input, type.name);
  if (parsed.kind === "refused") throw new RangeError(parsed.refusal.message);
  return parsed.value as V;
}

function spaceOf({ type, constraints }: VariableDeclaration): Space {
  const space = type.space(constraints);
  if (space === undefined) throw new RangeError("a variable without limits cannot be searched");
  return space;
}
