import { createTypeRegistry, parseValue, type Store, type ValueRecord, type VariableDeclaration } from "@trimtab/core";
import { createMemoryLog } from "@trimtab/log";
import { type LiveStudy, openStudy, type StudyEntry } from "@trimtab/studies";
import { builtinTypes } from "@trimtab/types";
import { type Settings, sessionId, settings } from "./variables.ts";

/** Settings that were tried, and how good they are. */
export interface Trial {
  readonly settings: Settings;
  /** Share of digits recognized, 0 to 1. */
  readonly accuracy: number;
}

/** Opens a study of the classifier and its resolution, in which what comes to mind first is in line. */
export async function openSearch(store: Store, seed: number): Promise<LiveStudy> {
  const study = await openStudy({
    store,
    log: createMemoryLog<StudyEntry>(),
    types: createTypeRegistry(builtinTypes),
    session: sessionId,
    id: "classifier",
    variables: ["classifier", "resolution"],
    objectives: [{ metric: "accuracy", direction: "maximize" }],
    seed,
  });
  for (const { classifier, resolution } of sweep()) await study.enqueue({ classifier, resolution });
  return study;
}

/** The settings of a trial. */
export const settingsOf = ({ classifier, resolution }: ValueRecord): Settings => ({
  classifier: checked(settings.classifier, classifier),
  resolution: checked(settings.resolution, resolution),
  digits: "validation",
});

/** What is tried first: every classifier as it comes, on small digits and on larger ones. */
export function sweep(): readonly Settings[] {
  const space = settings.classifier.type.space(settings.classifier.constraints);
  const modules = space?.kind === "conditional" ? Object.keys(space.branches) : [];
  return (["4x4", "7x7"] as const).flatMap((resolution) =>
    // A classifier has the defaults of its parameters where only its name is given.
    modules.map((module): Settings => ({ ...settingsOf({ classifier: module, resolution }) })),
  );
}

/** Trials with the best first; of equals the earlier one. */
export const ranked = (tried: readonly Trial[]): readonly Trial[] => tried.toSorted((a, b) => b.accuracy - a.accuracy);

/** The value that a declared variable holds when it is set to some input. */
function checked<V>({ type, constraints }: VariableDeclaration<V>, input: unknown): V {
  const parsed = parseValue(type, constraints, input, type.name);
  if (parsed.kind === "refused") throw new RangeError(parsed.refusal.message);
  return parsed.value as V;
}
