import { storeError, type TypeRegistry, type ValueRecord } from "@trimtab/core";
import {
  evolveStudy,
  initialStudyState,
  type Pruner,
  type Sampler,
  type SearchSpace,
  type StudyEvent,
  type StudyState,
  toSearchSpace,
} from "@trimtab/optimize";
import type { SearchedVariable, StudyEntry, StudyRecord } from "./study-entry.ts";

/** How a study suggests, and tells hopeless trials: what is no data and so is in no log. */
export interface StudyMeans {
  readonly types: TypeRegistry;
  readonly sampler: Sampler;
  readonly pruner: Pruner | undefined;
}

/** A study as the fold of its entries. */
export interface StudyView {
  readonly state: StudyState;
  readonly variables: readonly SearchedVariable[];
  /** When each trial that runs was last heard of, by number. */
  readonly heardAtMs: ReadonlyMap<number, number>;
  /** What the variables were before the study wrote them, and the versions that it gave them. */
  readonly applied?: { readonly before: ValueRecord; readonly versions: Readonly<Record<string, number>> };
}

/** The study that an entry creates. */
export function beginStudy(study: StudyRecord, means: StudyMeans): StudyView {
  const { sampler, pruner } = means;
  if (study.sampler !== sampler.name || study.pruner !== (pruner?.name ?? "")) {
    const message = `the study was created with sampler ${study.sampler} and pruner ${study.pruner || "none"}`;
    throw storeError("invalid_argument", message, { field: "sampler", value: sampler.name });
  }
  const { variables, objectives, seed, maxRetries, parallelism, maxTrials } = study;
  const state = initialStudyState({
    space: spaceOf(variables, means),
    objectives,
    sampler,
    ...(pruner !== undefined && { pruner }),
    seed,
    maxRetries,
    ...(parallelism !== undefined && { parallelism }),
    ...(maxTrials !== undefined && { maxTrials }),
  });
  return { state, variables, heardAtMs: new Map() };
}

/** What a study searches, by the constraints of its variables. */
export function spaceOf(variables: readonly SearchedVariable[], { types }: Pick<StudyMeans, "types">): SearchSpace {
  const declared = variables.map(({ name, type: typeName, constraints }) => {
    const type = types.get(typeName);
    if (type === undefined) throw storeError("invalid_type", `type ${typeName} is not installed`, { type: typeName });
    return [name, { type, constraints }] as const;
  });
  return toSearchSpace(Object.fromEntries(declared) as Parameters<typeof toSearchSpace>[0]);
}

/** Folds one entry into a study. */
export function evolveView(view: StudyView, entry: StudyEntry, means: StudyMeans): StudyView {
  switch (entry.kind) {
    case "study-created":
      return beginStudy(entry.study, means);
    case "study-advanced": {
      const heardAtMs = new Map(view.heardAtMs);
      let { state } = view;
      for (const event of entry.events) {
        state = evolveStudy(state, event);
        hear(heardAtMs, event, entry.atMs);
      }
      return { ...view, state, heardAtMs };
    }
    case "bounds-changed": {
      const { variables } = entry;
      const state = evolveStudy(view.state, { kind: "space-changed", space: spaceOf(variables, means) });
      return { ...view, state, variables };
    }
    case "trial-applied": {
      // What there was before the first of several is what a rollback goes back to.
      const before = view.applied?.before ?? entry.before;
      return { ...view, applied: { before, versions: entry.versions } };
    }
    case "study-rolled-back": {
      const { applied: _, ...rest } = view;
      return rest;
    }
  }
}

function hear(heardAtMs: Map<number, number>, event: StudyEvent, atMs: number): void {
  if (event.kind === "trial-started" || event.kind === "value-reported") heardAtMs.set(event.number, atMs);
  else if ("number" in event) heardAtMs.delete(event.number);
}
