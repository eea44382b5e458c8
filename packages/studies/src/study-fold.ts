import { type StudyVariable, storeError, type TypeRegistry, type ValueRecord } from "@trimtab/core";
import {
  emptyNumberMap,
  evolveStudy,
  initialStudyState,
  type NumberMap,
  type SearchSpace,
  type StudyEvent,
  type StudyState,
  toSearchSpace,
} from "@trimtab/optimize";
import { type Hearings, hear, noHearings, unhear } from "./hearings.ts";
import { type GivenMethods, prunerOf, samplerOf } from "./methods.ts";
import type { Application, StudyEntry, StudyRecord } from "./study-entry.ts";

/** How a study suggests, and tells hopeless trials: what is no data and so is in no log. */
export interface StudyMeans extends GivenMethods {
  readonly types: TypeRegistry;
}

/** When things happened to a trial. */
export interface TrialTimes {
  readonly createdAtMs: number;
  readonly startedAtMs?: number;
  readonly endedAtMs?: number;
}

/** A study as the fold of its entries. */
export interface StudyView {
  readonly record: StudyRecord;
  readonly state: StudyState;
  readonly variables: readonly StudyVariable[];
  readonly metadata: ValueRecord;
  readonly createdBy: string;
  readonly createdAtMs: number;
  readonly updatedAtMs: number;
  /** By number of the trial. */
  readonly times: NumberMap<TrialTimes>;
  /** When each trial that runs was last heard of. */
  readonly heard: Hearings;
  /** A commit of which it is not known yet whether it was made. */
  readonly applying?: Application;
  /** What the study has written: what was there before, and the versions that it gave. */
  readonly applied?: Applied;
  readonly isDeleted: boolean;
}

/** What a study has written and not undone. */
export interface Applied {
  readonly token: string;
  readonly number: number;
  readonly before: ValueRecord;
  readonly versions: Readonly<Record<string, number>>;
  /** The variables' ids, by name, as far as they were recorded. */
  readonly ids?: Readonly<Record<string, string>>;
}

/** The study that an entry creates. */
export function beginStudy(record: StudyRecord, { atMs, actor = "" }: StudyEntry, means: StudyMeans): StudyView {
  const { variables, objectives, seed, maxRetries, parallelism, maxTrials, metadata } = record;
  const state = initialStudyState({
    space: spaceOf(variables, means),
    objectives,
    sampler: samplerOf(record.sampler, means),
    ...(record.pruner !== undefined && { pruner: prunerOf(record.pruner, means) }),
    seed,
    maxRetries,
    ...(parallelism !== undefined && { parallelism }),
    ...(maxTrials !== undefined && { maxTrials }),
  });
  const made = { createdBy: actor, createdAtMs: atMs, updatedAtMs: atMs };
  const trials = { times: emptyNumberMap<TrialTimes>(), heard: noHearings(atMs) };
  return { record, state, variables, metadata, ...made, ...trials, isDeleted: false };
}

/** What a study searches, by the constraints of its variables. */
export function spaceOf(variables: readonly StudyVariable[], { types }: Pick<StudyMeans, "types">): SearchSpace {
  const declared = variables.map(({ name, type: typeName, constraints }) => {
    const type = types.get(typeName);
    if (type === undefined) throw storeError("invalid_type", `type ${typeName} is not installed`, { type: typeName });
    return [name, { type, constraints }] as const;
  });
  return toSearchSpace(Object.fromEntries(declared) as Parameters<typeof toSearchSpace>[0]);
}

/** Folds one entry into a study. */
export function evolveView(view: StudyView, entry: StudyEntry, means: StudyMeans): StudyView {
  const changed = { ...view, updatedAtMs: entry.atMs };
  switch (entry.kind) {
    case "study-created":
      return beginStudy(entry.study, entry, means);
    case "study-advanced":
      return { ...changed, ...advance(view, entry.events, entry.atMs) };
    case "bounds-changed": {
      const { variables } = entry;
      const state = evolveStudy(view.state, { kind: "space-changed", space: spaceOf(variables, means) });
      const record = { ...view.record, ids: { ...view.record.ids, ...entry.ids } };
      return { ...changed, record, state, variables };
    }
    case "metadata-replaced":
      return { ...changed, metadata: entry.metadata };
    case "trial-renewed":
      return { ...changed, heard: hear(view.heard, { number: entry.number, atMs: entry.atMs }) };
    case "study-deleted":
      return { ...changed, isDeleted: true };
    default:
      return evolveApplied(changed, entry);
  }
}

type ApplyEntry = Extract<
  StudyEntry,
  { kind: "apply-begun" | "apply-dropped" | "trial-applied" | "study-rolled-back" }
>;

function evolveApplied(view: StudyView, entry: ApplyEntry): StudyView {
  const { applying, applied, ...rest } = view;
  switch (entry.kind) {
    case "apply-begun":
      return { ...view, applying: entry };
    case "apply-dropped":
      return applying?.token === entry.token ? { ...rest, ...(applied !== undefined && { applied }) } : view;
    case "trial-applied": {
      // Whoever finds a commit made may note it after somebody else has.
      if (applying?.token !== entry.token) return view;
      // What there was before the first of several is what a rollback goes back to, but for what others wrote between them.
      const untouched = Object.entries(applied?.before ?? {}).filter(
        ([name]) =>
          applied?.versions[name] === applying.expectedVersions[name] &&
          (applied?.ids?.[name] ?? applying.ids?.[name]) === applying.ids?.[name],
      );
      const before = { ...applying.before, ...Object.fromEntries(untouched) };
      const { token, number } = applying;
      const versions = { ...applied?.versions, ...entry.versions };
      return { ...rest, applied: { token, number, before, versions, ids: { ...applied?.ids, ...applying.ids } } };
    }
    case "study-rolled-back":
      return applying === undefined ? rest : { ...rest, applying };
  }
}

function advance(view: StudyView, events: readonly StudyEvent[], atMs: number) {
  let { state, times, heard } = view;
  for (const event of events) {
    state = evolveStudy(state, event);
    if (!("number" in event)) continue;
    const { number, kind } = event;
    if (kind === "trial-started" || kind === "value-reported") heard = hear(heard, { number, atMs });
    else if (kind !== "trial-enqueued") heard = unhear(heard, number);
    if (kind !== "value-reported")
      times = times.set(number, timesAfter(kind, times.get(number) ?? { createdAtMs: atMs }, atMs));
  }
  return { state, times, heard };
}

type Turn = Exclude<StudyEvent["kind"], "space-changed" | "study-updated" | "value-reported">;

function timesAfter(kind: Turn, before: TrialTimes, atMs: number): TrialTimes {
  switch (kind) {
    case "trial-enqueued":
      return before;
    case "trial-started":
      return { ...before, startedAtMs: atMs };
    default:
      return { ...before, endedAtMs: atMs };
  }
}

/** Numbers of the trials that an entry is about. */
export function trialsIn(entry: StudyEntry): readonly number[] {
  if (entry.kind === "trial-renewed") return [entry.number];
  if (entry.kind !== "study-advanced") return [];
  return entry.events.flatMap((event) => ("number" in event ? [event.number] : []));
}
