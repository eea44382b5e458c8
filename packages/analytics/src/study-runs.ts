import {
  type OptimizationEffect,
  type Page,
  type StudyInfo,
  type StudyStore,
  type StudyTrial,
  storeError,
  type TimeRange,
  type Variable,
} from "@trimtab/core";
import type { Approach } from "./convergence.ts";
import { isWithin } from "./correlations.ts";
import type { ImpactPoint, ImpactRange } from "./impact.ts";
import { scalarOf } from "./scalar.ts";

/** What reports read of studies: a `StudyStore`, as the one who asks sees it. */
export type StudyReads = Pick<StudyStore, "getStudy" | "listStudies" | "listTrials">;

/** A study and its complete trials, in the order in which they ended. */
export interface StudyRun {
  readonly info: StudyInfo;
  readonly trials: readonly StudyTrial[];
}

/** Reads a study with what its trials have measured; rejects with `unimplemented` where there are no studies. */
export async function readStudy(studies: StudyReads | undefined, session: string, id: string): Promise<StudyRun> {
  if (studies !== undefined) return runOf(studies, session, await studies.getStudy(session, id));
  throw storeError("unimplemented", "there are no studies here to report on", { feature: "study_id" });
}

/** Reads the studies of a session that changed last, at most so many. */
export async function readStudies(
  studies: StudyReads | undefined,
  session: string,
  most: number,
): Promise<readonly StudyRun[]> {
  if (studies === undefined) return [];
  const infos = await everyOf((pageToken) => studies.listStudies(session, { pageSize, ...pageToken }));
  const newest = infos.sort((a, b) => b.updatedAtMs - a.updatedAtMs).slice(0, most);
  const runs: StudyRun[] = [];
  for (const info of newest) runs.push(await runOf(studies, session, info));
  return runs;
}

const pageSize = 1000;

async function runOf(studies: StudyReads, session: string, info: StudyInfo): Promise<StudyRun> {
  const id = info.session === session ? info.id : `${info.session}/${info.id}`;
  const trials = await everyOf((pageToken) =>
    studies.listTrials(session, id, { states: ["complete"], pageSize, ...pageToken }),
  );
  return { info, trials: trials.sort((a, b) => endOf(a) - endOf(b) || a.number - b.number) };
}

async function everyOf<T>(read: (page: { pageToken?: string }) => Promise<Page<T>>): Promise<T[]> {
  const items: T[] = [];
  let next: { pageToken?: string } | undefined = {};
  while (next !== undefined) {
    const page: Page<T> = await read(next);
    items.push(...page.items);
    next = page.nextPageToken === undefined ? undefined : { pageToken: page.nextPageToken };
  }
  return items;
}

const endOf = ({ endedAtMs, createdAtMs }: StudyTrial): number => endedAtMs ?? createdAtMs;

/**
 * How a study has gone, trial by trial.
 *
 * @throws StoreError `several_objectives` where it has more than one
 */
export function approachOfStudy({ info, trials }: StudyRun): Approach {
  const { objectives } = info;
  const [objective] = objectives;
  if (objective === undefined || objectives.length > 1) {
    const message = `study ${info.id} has ${objectives.length} objectives, of which no single one is approached`;
    throw storeError("several_objectives", message, { objectives: objectives.length });
  }
  const measured = trials.flatMap((trial) => {
    const [value] = trial.values;
    const tried = () => new Map(Object.entries(trial.parameters));
    return value === undefined ? [] : [{ iteration: trial.number, value, atMs: endOf(trial), tried }];
  });
  return { objective, measured };
}

/** Every value of a metric that a study has measured, an objective or another, with the values that were tried. */
export function impactPointsOfStudy(
  { info, trials }: StudyRun,
  { metric, ...range }: ImpactRange,
  variables: Iterable<Variable>,
): ImpactPoint[] {
  const ids = new Map(Array.from(variables, ({ id, name }) => [name, id]));
  const objective = info.objectives.findIndex((each) => each.metric === metric);
  return trials.flatMap((trial) => {
    const value = trial.values[objective] ?? trial.metrics[metric];
    if (value === undefined || !isWithin(endOf(trial), range)) return [];
    const values = new Map(
      Object.entries(trial.parameters).flatMap(([name, tried]) => {
        const id = ids.get(name);
        return id === undefined ? [] : [[id, scalarOf(tried)] as const];
      }),
    );
    return [{ metric: value, values, reportedOn: new Set(values.keys()) }];
  });
}

/** What a study has gained, and when it last measured something; none where it has measured nothing or has several objectives. */
export function effectOfStudy(
  { info, trials }: StudyRun,
  range: TimeRange,
): { readonly effect: OptimizationEffect; readonly atMs: number } | undefined {
  const [objective] = info.objectives;
  const within = trials.filter((trial) => isWithin(endOf(trial), range));
  const values = within.flatMap((trial) => trial.values.slice(0, 1));
  const [first] = values;
  const last = within.at(-1);
  if (objective === undefined || info.objectives.length > 1 || first === undefined || last === undefined) {
    return undefined;
  }
  const best = objective.direction === "minimize" ? Math.min(...values) : Math.max(...values);
  const { session, id: optimization, sampler } = info;
  const gain = Math.abs(best - first);
  return {
    effect: { session, optimization, optimizer: sampler.name, objective, iterations: values.length, first, best, gain },
    atMs: endOf(last),
  };
}
