import { isStoreError, storeError, type ValueRecord } from "@trimtab/core";
import { checkLimit } from "../check-limit.ts";
import { fromValues } from "../space/point.ts";
import { createSpaceLayout } from "../space/space-layout.ts";
import { type AskCommand, askTrials, completed, hasHadAll } from "./ask-trials.ts";
import { decideTrial, retryEvents } from "./decide-trial.ts";
import { evolveStudy } from "./evolve-study.ts";
import { type Answering, judge, judgeAsync, type Objection } from "./judged.ts";
import type { StudyCommand, StudyDecision } from "./study-command.ts";
import type { StudyEvent } from "./study-event.ts";
import type { StudyState } from "./study-state.ts";
import type { SuggestionEffort } from "./suggest-trial.ts";
import { trialsHeldBy } from "./trial-table.ts";

/** What is tried where the rules answer at once. */
const atOnce: SuggestionEffort = { samplerTries: 32, listTries: 10_000, randomTries: 20_000 };
/** What is tried where each answer costs a question elsewhere. */
const askedFor: SuggestionEffort = { samplerTries: 8, listTries: 10_000, randomTries: 64 };

/** What a command brings about: events to fold, and the numbers of the trials that it speaks of. */
export interface Outcome {
  readonly events: readonly StudyEvent[];
  readonly numbers: readonly number[];
}

/**
 * Decides a command against a study's state. Pure, and refusals are data: refused means that nothing happens. The
 * numbers name the trials handed out, enqueued, or spoken of, in order.
 */
export function decideStudy(state: StudyState, command: StudyCommand): StudyDecision {
  try {
    return { kind: "accepted", ...decide(state, command) };
  } catch (error) {
    if (isStoreError(error)) return { kind: "refused", refusal: error.toRefusal() };
    throw error;
  }
}

/** What the study's own rule has against values. */
const objectionsOf =
  ({ definition: { isAllowed } }: StudyState) =>
  (values: ValueRecord): Objection =>
    isAllowed === undefined || isAllowed(values) ? undefined : "the study's rule refuses them";

/** Rules that are asked elsewhere, and who fits what takes long to fit, in another thread for instance. */
export interface AskRules extends Answering {
  /** Says why values of the variables, by name, may not be tried, if so. It is asked about one suggestion after the other. */
  readonly objectionTo: (values: ValueRecord) => Promise<Objection>;
  /** Values that are allowed, for instance those that the variables have: repairs start from them. Read at the first repair. */
  readonly anchors?: readonly ValueRecord[];
}

/**
 * Decides `ask-trials` as {@link decideStudy} does, under rules that have to be waited for, beside the study's own. They are
 * asked some hundred times at most for a trial, and ten thousand times about the items of a list. Others of the same thread have
 * their turn in between. Rejects as `objectionTo` and `fitKernel` do.
 */
export async function decideAsk(
  state: StudyState,
  command: AskCommand,
  { objectionTo, fitKernel, anchors = [] }: AskRules,
): Promise<StudyDecision> {
  const own = objectionsOf(state);
  try {
    const work = askTrials(state, command, { ...askedFor, anchors });
    const ask = async (values: ValueRecord) => own(values) ?? objectionTo(values);
    return { kind: "accepted", ...(await judgeAsync(work, { objectionTo: ask, fitKernel })) };
  } catch (error) {
    if (isStoreError(error)) return { kind: "refused", refusal: error.toRefusal() };
    throw error;
  }
}

function decide(state: StudyState, command: StudyCommand): Outcome {
  switch (command.kind) {
    case "ask-trials":
      return judge(askTrials(state, command, atOnce), objectionsOf(state));
    case "enqueue-trial": {
      const number = state.table.all.size;
      const point = fromValues(state.layout, command.parameters);
      return { events: [{ kind: "trial-enqueued", number, point }], numbers: [number] };
    }
    case "release-client": {
      const held = trialsHeldBy(state.table, command.clientId);
      return releaseAll(
        state,
        Array.from(held, ({ number }) => number),
      );
    }
    case "change-space":
      return { events: [changeSpace(state, command)], numbers: [] };
    case "update-study": {
      const { parallelism, maxTrials } = command.changes;
      if (parallelism !== undefined) checkLimit("parallelism", parallelism, 0);
      if (maxTrials !== undefined) checkLimit("maxTrials", maxTrials, 0);
      const changed: readonly StudyEvent[] = [{ kind: "study-updated", changes: command.changes }];
      // Who sets it running may raise the limit next.
      return { events: command.changes.status === undefined ? endingWith(state, changed) : changed, numbers: [] };
    }
    default:
      return { events: endingWith(state, decideTrial(state, command)), numbers: [command.number] };
  }
}

/** Ends a study along with the last of its trials. */
function endingWith(state: StudyState, events: readonly StudyEvent[]): readonly StudyEvent[] {
  if (events.length === 0 || state.status !== "running" || state.table.running.size > events.length) return events;
  return hasHadAll(events.reduce(evolveStudy, state)) ? [...events, completed] : events;
}

function releaseAll(state: StudyState, numbers: readonly number[]): Outcome {
  const events: StudyEvent[] = [];
  let next = state.table.all.size;
  for (const number of numbers) {
    const again = retryEvents(state, number, next);
    next += again.length;
    events.push({ kind: "trial-failed", number, cause: "its client was lost" }, ...again);
  }
  return { events: endingWith(state, events), numbers };
}

function changeSpace(state: StudyState, command: StudyCommand & { kind: "change-space" }): StudyEvent {
  const { parameters = {}, removed = [] } = command;
  const unknown = removed.find((name) => !Object.hasOwn(state.layout.space, name));
  if (unknown !== undefined) {
    const details = { field: "removed", value: unknown };
    throw storeError("invalid_argument", `removed: ${unknown} is no parameter of the search space`, details);
  }
  const kept = Object.entries(state.layout.space).filter(([name]) => !removed.includes(name));
  const space = { ...Object.fromEntries(kept), ...parameters };
  state.definition.sampler.check?.(createSpaceLayout(space));
  return { kind: "space-changed", space };
}
