import { toValues } from "../space/point.ts";
import { createSpaceLayout } from "../space/space-layout.ts";
import type { StudyChanges, StudyEvent } from "./study-event.ts";
import { changeState, initialStudyState, type StudyOptions, type StudyState } from "./study-state.ts";
import type { Trial } from "./trial.ts";
import { putTrial } from "./trial-table.ts";

/** Folds one event into a study. Total: events that were decided on a state always apply to it. */
export function evolveStudy(state: StudyState, event: StudyEvent): StudyState {
  switch (event.kind) {
    case "space-changed":
      return changeState(state, { layout: createSpaceLayout(event.space), spaceVersion: state.spaceVersion + 1 });
    case "study-updated":
      return withChanges(state, event.changes);
    case "trial-enqueued":
    case "trial-started":
      return withTrial(state, beginTrial(state, event));
    default: {
      const trial = state.table.all.get(event.number);
      return trial === undefined ? state : withTrial(state, evolveHeld(trial, event, state.table.ended.size));
    }
  }
}

const withTrial = (state: StudyState, trial: Trial): StudyState =>
  changeState(state, { table: putTrial(state.table, trial, state.definition.directions) });

/** Rebuilds a study from its options and all that has happened in it; it goes on as the first one would have. */
export const replayStudy = (options: StudyOptions, events: Iterable<StudyEvent>): StudyState => {
  let state = initialStudyState(options);
  for (const event of events) state = evolveStudy(state, event);
  return state;
};

const withChanges = (state: StudyState, { status = state.status, parallelism, maxTrials }: StudyChanges): StudyState =>
  changeState(state, {
    status,
    parallelism: parallelism === undefined ? state.parallelism : parallelism || undefined,
    maxTrials: maxTrials === undefined ? state.maxTrials : maxTrials || undefined,
  });

type Begin = Extract<StudyEvent, { readonly kind: "trial-enqueued" | "trial-started" }>;
type Progress = Exclude<Extract<StudyEvent, { readonly number: number }>, Begin>;

const untried = {
  values: [],
  intermediateValues: [],
  metrics: {},
  enqueued: false,
} satisfies Partial<Trial>;

function beginTrial({ table, layout, spaceVersion }: StudyState, event: Begin): Trial {
  const { number, point } = event;
  const parameters = toValues(layout, point);
  const placed = { ...untried, ...table.all.get(number), number, spaceVersion, point, parameters };
  if (event.kind === "trial-enqueued") {
    const retry = event.retryOf !== undefined && { retryOf: event.retryOf };
    return { ...placed, state: "waiting", enqueued: true, ...retry };
  }
  const { clientId, note } = event;
  return {
    ...placed,
    state: "running",
    ...(clientId !== undefined && { clientId }),
    ...(note !== undefined && { note }),
  };
}

function evolveHeld(trial: Trial, event: Progress, endOrder: number): Trial {
  switch (event.kind) {
    case "value-reported": {
      const { step, value } = event;
      const before = trial.intermediateValues;
      if (step > (before.at(-1)?.step ?? -1)) return { ...trial, intermediateValues: [...before, { step, value }] };
      const others = before.filter((each) => each.step !== step);
      return { ...trial, intermediateValues: [...others, { step, value }].sort((a, b) => a.step - b.step) };
    }
    case "trial-completed":
      return { ...trial, state: "complete", values: event.values, metrics: event.metrics, endOrder };
    case "trial-pruned":
      return { ...trial, state: "pruned", endOrder };
    case "trial-failed":
      return { ...trial, state: "failed", cause: event.cause, endOrder };
  }
}
