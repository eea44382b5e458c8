import { toValues } from "../space/point.ts";
import { createSpaceLayout } from "../space/space-layout.ts";
import type { StudyChanges, StudyEvent } from "./study-event.ts";
import { initialStudyState, type StudyOptions, type StudyState } from "./study-state.ts";
import { hasEnded, type Trial } from "./trial.ts";

/** Folds one event into a study. Total: events that were decided on a state always apply to it. */
export function evolveStudy(state: StudyState, event: StudyEvent): StudyState {
  switch (event.kind) {
    case "space-changed":
      return { ...state, layout: createSpaceLayout(event.space), spaceVersion: state.spaceVersion + 1 };
    case "study-updated":
      return withChanges(state, event.changes);
    case "trial-enqueued":
    case "trial-started": {
      const trials = [...state.trials];
      trials[event.number] = beginTrial(state, event);
      return { ...state, trials };
    }
    default: {
      const trial = state.trials[event.number];
      return trial === undefined
        ? state
        : {
            ...state,
            trials: state.trials.with(
              event.number,
              evolveHeld(trial, event, () => state.trials.filter(hasEnded).length),
            ),
          };
    }
  }
}

/** Rebuilds a study from its options and all that has happened in it; it goes on as the first one would have. */
export const replayStudy = (options: StudyOptions, events: Iterable<StudyEvent>): StudyState => {
  let state = initialStudyState(options);
  for (const event of events) state = evolveStudy(state, event);
  return state;
};

const withChanges = (
  state: StudyState,
  { status = state.status, parallelism, maxTrials }: StudyChanges,
): StudyState => ({
  ...state,
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

function beginTrial({ trials, layout, spaceVersion }: StudyState, event: Begin): Trial {
  const { number, point } = event;
  const parameters = toValues(layout, point);
  const placed = { ...untried, ...trials[number], number, spaceVersion, point, parameters };
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

function evolveHeld(trial: Trial, event: Progress, ended: () => number): Trial {
  switch (event.kind) {
    case "value-reported": {
      const { step, value } = event;
      const others = trial.intermediateValues.filter((each) => each.step !== step);
      return { ...trial, intermediateValues: [...others, { step, value }].sort((a, b) => a.step - b.step) };
    }
    case "trial-completed":
      return { ...trial, state: "complete", values: event.values, metrics: event.metrics, endOrder: ended() };
    case "trial-pruned":
      return { ...trial, state: "pruned", endOrder: ended() };
    case "trial-failed":
      return { ...trial, state: "failed", cause: event.cause, endOrder: ended() };
  }
}
