import { isStoreError, StoreError, storeError, type TrialResult, type ValueRecord } from "@trimtab/core";
import {
  decideStudy,
  encodePoint,
  evolveStudy,
  fromValues,
  type StudyCommand,
  type StudyEvent,
  type StudyState,
} from "@trimtab/optimize";
import type { StudyHappening } from "./study-entry.ts";
import type { StudyView } from "./study-fold.ts";
import type { Draft } from "./study-log.ts";

type RecordedEvent = Exclude<StudyEvent, { kind: "space-changed" }>;

/** A study on the way to its next entry. */
export interface Progress {
  readonly state: StudyState;
  readonly events: readonly RecordedEvent[];
}

/** Starts from a study as it is. */
export const progressOf = ({ state }: StudyView): Progress => ({ state, events: [] });

/** Goes on by events that were decided. */
export function advanceBy({ state, events }: Progress, added: readonly StudyEvent[]): Progress {
  const recorded = added.filter((event) => event.kind !== "space-changed");
  return { state: recorded.reduce(evolveStudy, state), events: [...events, ...recorded] };
}

/** What happens where a study has gone on. */
export const happeningOf = ({ events }: Progress): StudyHappening | undefined =>
  events.length === 0 ? undefined : { kind: "study-advanced", events };

/**
 * Decides one command.
 *
 * @throws StoreError where it is refused
 */
export function decideOne(view: StudyView, command: StudyCommand): Draft {
  const { progress, numbers } = step(progressOf(view), command);
  return { happening: happeningOf(progress), numbers };
}

/**
 * Goes on by one command.
 *
 * @throws StoreError where it is refused
 */
function step(progress: Progress, command: StudyCommand) {
  const decision = decideStudy(progress.state, command);
  if (decision.kind === "refused") throw new StoreError(decision.refusal);
  return { progress: advanceBy(progress, decision.events), numbers: decision.numbers };
}

/** Fails what was not heard of in time and puts it in line again, as often as the study says. */
export function loseTrials(view: StudyView, atMs: number): Draft {
  let progress = progressOf(view);
  for (const [number, heardAtMs] of view.heardAtMs) {
    if (atMs - heardAtMs <= view.record.trialTtlMs) continue;
    ({ progress } = step(progress, { kind: "fail-trial", number, cause: "it was not heard of in time", retry: true }));
  }
  return { happening: happeningOf(progress), numbers: [] };
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
  let progress = progressOf(view);
  for (const result of results) {
    if (numbers.includes(result.number) || refused.has(result.number)) {
      const message = `results tell of trial ${result.number} twice`;
      throw storeError("invalid_argument", message, { field: "results", value: result.number });
    }
    try {
      ({ progress } = step(progress, toCommand(result, clientId)));
      numbers.push(result.number);
    } catch (error) {
      if (atomic || !isStoreError(error)) throw error;
      refused.set(result.number, error);
    }
  }
  return { happening: happeningOf(progress), numbers, refused };
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
  const own = state.trials.filter((trial) => trial.state === "running" && trial.clientId === clientId);
  const same = clientId === undefined ? undefined : own.find((trial) => isSamePoint(trial.point, point));
  if (same !== undefined) return { number: same.number, events: [] };
  if (!hasRoom(state)) return undefined;
  const number = state.trials.length;
  const holder = clientId !== undefined && { clientId };
  const events: RecordedEvent[] = [
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

function hasRoom({ status, parallelism, maxTrials, trials }: StudyState): boolean {
  const running = trials.filter(({ state }) => state === "running").length;
  const tried = trials.filter(({ state }) => state !== "waiting" && state !== "failed").length;
  return status === "running" && running < (parallelism ?? Infinity) && tried < (maxTrials ?? Infinity);
}
