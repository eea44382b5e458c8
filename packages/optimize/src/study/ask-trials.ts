import { isStoreError } from "@trimtab/core";
import { checkLimit } from "../check-limit.ts";
import { encodePoint } from "../space/point.ts";
import { evolveStudy } from "./evolve-study.ts";
import type { Judged } from "./judged.ts";
import type { StudyCommand } from "./study-command.ts";
import type { StudyEvent } from "./study-event.ts";
import type { StudyState } from "./study-state.ts";
import { type SuggestionEffort, suggestPoint } from "./suggest-trial.ts";
import { countTried, trialsHeldBy } from "./trial-table.ts";

/** The command that asks for trials. */
export type AskCommand = StudyCommand & { readonly kind: "ask-trials" };

/**
 * Hands out trials: first those that the client holds already, then those in line, then new ones. Fewer than asked for
 * where the study allows no more at once or in all, or is not running. One whose sampler has no more to suggest, none being
 * under way any more, is completed by being asked. What is in line and the rules do not allow fails.
 *
 * @throws StoreError `rule_violation` where there is none to hand out, and no new one was found that the rules allow
 */
export function* askTrials(
  before: StudyState,
  { clientId, count = 1 }: AskCommand,
  effort: SuggestionEffort,
): Judged<{ readonly events: readonly StudyEvent[]; readonly numbers: readonly number[] }> {
  checkLimit("count", count, 1);
  const events: StudyEvent[] = [];
  let state = before;
  const apply = (event: StudyEvent) => {
    events.push(event);
    state = evolveStudy(state, event);
  };
  const numbers: number[] = [];
  for (const { number } of clientId === undefined ? [] : trialsHeldBy(before.table, clientId)) {
    if (numbers.length === count) break;
    numbers.push(number);
  }
  while (numbers.length < count && hasRoom(state)) {
    const started = yield* startTrial(state, { clientId, effort, isNeeded: numbers.length === 0 });
    if (started === undefined) {
      if (state.table.running.size === 0) apply(completed);
      break;
    }
    apply(started);
    if (started.kind === "trial-started") numbers.push(started.number);
  }
  if (numbers.length === 0 && hasHadAll(state)) apply(completed);
  return { events, numbers };
}

/** What happens once a study has had all its trials. */
export const completed: StudyEvent = { kind: "study-updated", changes: { status: "completed" } };

/** Says whether a study hands out another trial: it runs, and has fewer at once and in all than it may. */
export const hasRoom = ({ status, parallelism, maxTrials, table }: StudyState): boolean =>
  status === "running" &&
  table.running.size < (parallelism ?? Number.POSITIVE_INFINITY) &&
  countTried(table) < (maxTrials ?? Number.POSITIVE_INFINITY);

/** Says whether a study that runs has no more to do. A trial under way may yet fail, which makes room for another. */
export const hasHadAll = ({ status, maxTrials, table }: StudyState): boolean =>
  status === "running" && maxTrials !== undefined && countTried(table) >= maxTrials && table.running.size === 0;

interface Start {
  readonly clientId: string | undefined;
  readonly effort: SuggestionEffort;
  /** There is no trial yet to answer with. */
  readonly isNeeded: boolean;
}

/** Starts the first trial in line, or a new one; one in line that no longer lies within the space fails. */
function* startTrial(state: StudyState, { clientId, effort, isNeeded }: Start): Judged<StudyEvent | undefined> {
  const { layout, table } = state;
  const waiting = table.waiting.get(table.waiting.first ?? -1);
  const number = waiting?.number ?? table.all.size;
  if (waiting !== undefined && encodePoint(layout, waiting.point, true) === undefined) {
    return { kind: "trial-failed", number, cause: "it does not lie within the space any more" };
  }
  try {
    const suggestion = yield* suggestPoint({ state, number, given: waiting?.point ?? {}, effort });
    if (suggestion === undefined) return undefined;
    return { kind: "trial-started", number, ...suggestion, ...(clientId !== undefined && { clientId }) };
  } catch (error) {
    if (!isStoreError(error, "rule_violation")) throw error;
    // What is in line would be in the way of everything behind it.
    if (waiting !== undefined) return { kind: "trial-failed", number, cause: error.message };
    if (isNeeded) throw error;
    return undefined;
  }
}
