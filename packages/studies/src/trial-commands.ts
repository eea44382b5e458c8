import { isStoreError, StoreError, storeError, type TrialResult, type ValueRecord } from "@trimtab/core";
import {
  decideStudy,
  encodePoint,
  evolveStudy,
  fromValues,
  hasRoom,
  type StudyCommand,
  type StudyEvent,
  type StudyState,
  trialsHeldBy,
} from "@trimtab/optimize";
import { unheardSince } from "./hearings.ts";
import type { StudyHappening } from "./study-entry.ts";
import type { StudyView } from "./study-fold.ts";
import type { Draft } from "./study-log.ts";

/** A study on the way to its next entry. */
interface Progress {
  readonly state: StudyState;
  readonly events: StudyEvent[];
}

/** What happens where a study has gone on by events. */
export function happeningOf(decided: readonly StudyEvent[]): StudyHappening | undefined {
  const events = decided.filter((event) => event.kind !== "space-changed");
  return events.length === 0 ? undefined : { kind: "study-advanced", events };
}

/**
 * Decides one command.
 *
 * @throws StoreError where it is refused
 */
export function decideOne(view: StudyView, command: StudyCommand): Draft {
  const { events, numbers } = accepted(view.state, command);
  return { happening: happeningOf(events), numbers };
}

function accepted(state: StudyState, command: StudyCommand) {
  const decision = decideStudy(state, command);
  if (decision.kind === "refused") throw new StoreError(decision.refusal);
  return decision;
}

/**
 * Goes on by one command.
 *
 * @throws StoreError where it is refused
 */
function step({ state, events }: Progress, command: StudyCommand): Progress {
  const decision = accepted(state, command);
  events.push(...decision.events);
  return { state: decision.events.reduce(evolveStudy, state), events };
}

/** Fails what was not heard of in time and puts it in line again, as often as the study says. */
export function loseTrials(view: StudyView, atMs: number): Draft {
  let progress: Progress = { state: view.state, events: [] };
  for (const number of unheardSince(view.heard, atMs - view.record.trialTtlMs)) {
    progress = step(progress, { kind: "fail-trial", number, cause: "it was not heard of in time", retry: true });
  }
  return { happening: happeningOf(progress.events), numbers: [] };
}

/** What came of a trial, as a command. */
export function toCommand(
  { number, values = [], state, metrics }: TrialResult,
  clientId: string | undefined,
): StudyCommand {
  const speaker = { number, ...(clientId !== undefined && { clientId }) };
  if (state !== "pruned") {
    return { kind: "complete-trial", ...speaker, values, ...(metrics !== undefined && { metrics }) };
  }
  if (values.length === 0) return { kind: "prune-trial", ...speaker };
  const message = `values must be none where a trial was pruned, got ${values.length}`;
  throw storeError("invalid_argument", message, { field: "values", limit: 0, value: values.length });
}

/** Ends several trials; gives what was refused, where not all of them must be told. */
export function decideResults(
  view: StudyView,
  results: readonly TrialResult[],
  { clientId, atomic }: { readonly clientId: string | undefined; readonly atomic: boolean },
): Draft & { readonly refused: ReadonlyMap<number, StoreError> } {
  const numbers: number[] = [];
  const refused = new Map<number, StoreError>();
  const told = new Set<number>();
  let progress: Progress = { state: view.state, events: [] };
  for (const result of results) {
    if (told.has(result.number)) {
      const message = `results tell of trial ${result.number} twice`;
      throw storeError("invalid_argument", message, { field: "results", value: result.number });
    }
    told.add(result.number);
    try {
      progress = step(progress, toCommand(result, clientId));
      numbers.push(result.number);
    } catch (error) {
      if (atomic || !isStoreError(error)) throw error;
      refused.set(result.number, error);
    }
  }
  return { happening: happeningOf(progress.events), numbers, refused };
}

/**
 * Starts a trial of values that the client suggests itself: a value for each variable. Where the client holds such a trial it
 * gets that; `undefined` where the study allows no more.
 *
 * @throws StoreError `invalid_argument` for values that lie outside the bounds or are not there
 */
export function startGiven(state: StudyState, parameters: ValueRecord, clientId: string | undefined) {
  const point = fromValues(state.layout, parameters);
  if (encodePoint(state.layout, point) === undefined) {
    const lacking = Object.keys(state.layout.space).find((name) => !Object.hasOwn(parameters, name));
    const field = `parameters.${lacking ?? "*"}`;
    throw storeError("invalid_argument", `${field} is required: a trial needs a value for each variable`, { field });
  }
  for (const trial of clientId === undefined ? [] : trialsHeldBy(state.table, clientId)) {
    if (isSamePoint(trial.point, point)) return { number: trial.number, events: [] };
  }
  if (!hasRoom(state)) return undefined;
  const number = state.table.all.size;
  const holder = clientId !== undefined && { clientId };
  const events: StudyEvent[] = [
    { kind: "trial-enqueued", number, point },
    { kind: "trial-started", number, point, ...holder },
  ];
  return { number, events };
}

const isSamePoint = (a: ValueRecord, b: ValueRecord): boolean =>
  JSON.stringify(inOrder(a)) === JSON.stringify(inOrder(b));

const inOrder = (point: ValueRecord) =>
  Object.entries(point)
    .map(([path, value]) => [path, typeof value === "bigint" ? `${value}n` : value] as const)
    .sort(([a], [b]) => (a < b ? -1 : 1));
