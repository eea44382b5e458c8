import { storeError } from "@trimtab/core";
import { checkValues } from "../objectives/objective.ts";
import type { StudyCommand } from "./study-command.ts";
import type { StudyEvent } from "./study-event.ts";
import type { StudyState } from "./study-state.ts";
import type { Trial, TrialState } from "./trial.ts";

type TrialCommand = Extract<StudyCommand, { readonly number: number }>;

/** Decides what is told of one trial. Telling the same again changes nothing. */
export function decideTrial(state: StudyState, command: TrialCommand): readonly StudyEvent[] {
  const { number, clientId } = command;
  const trial = Number.isSafeInteger(number) ? state.table.all.get(number) : undefined;
  if (trial === undefined) {
    throw storeError("not_found", `there is no trial ${number}`, { resource: "trial", id: String(number) });
  }
  checkHolder(trial, clientId);
  switch (command.kind) {
    case "report-value":
      return reportValue(state, trial, command);
    case "complete-trial": {
      const { values, metrics = {} } = command;
      checkValues(values, state.definition.directions.length);
      for (const [name, value] of Object.entries(metrics)) checkFinite(`metrics.${name}`, value);
      const isSame = trial.values.length === values.length && trial.values.every((value, i) => value === values[i]);
      return end(trial, "complete", isSame) ? [{ kind: "trial-completed", number, values, metrics }] : [];
    }
    case "prune-trial":
      return end(trial, "pruned") ? [{ kind: "trial-pruned", number }] : [];
    case "fail-trial": {
      const { cause = "", retry = false } = command;
      if (!end(trial, "failed")) return [];
      const failed: StudyEvent = { kind: "trial-failed", number, cause };
      return retry ? [failed, ...retryEvents(state, number, state.table.all.size)] : [failed];
    }
  }
}

function checkHolder({ number, clientId: holder }: Trial, clientId: string | undefined): void {
  if (clientId === undefined || clientId === holder) return;
  const details = { trial: number, ...(holder !== undefined && { holder }) };
  throw storeError("lease_lost", `trial ${number} is not held by ${clientId}`, details);
}

/** Says whether a trial is to end now; refuses one that has ended otherwise or has not begun. */
function end({ number, state }: Trial, wanted: TrialState, isSame = true): boolean {
  if (state === "running") return true;
  if (state === wanted && isSame) return false;
  const problem = state === "waiting" ? "has not been handed out" : `has ended already: it is ${state}`;
  throw storeError("trial_ended", `trial ${number} ${problem}`, { trial: number, state });
}

function reportValue(state: StudyState, trial: Trial, command: TrialCommand & { kind: "report-value" }) {
  const { number, step, value } = command;
  const objectives = state.definition.directions.length;
  if (objectives > 1) {
    throw storeError("several_objectives", `a trial of ${objectives} objectives has no one intermediate value`, {
      objectives,
    });
  }
  if (!Number.isSafeInteger(step) || step < 0) {
    const details = { field: "step", limit: 0, value: step };
    throw storeError("invalid_argument", `step must be a whole number of at least 0, got ${step}`, details);
  }
  checkFinite("value", value);
  end(trial, "running");
  return [{ kind: "value-reported", number, step, value }] as const;
}

function checkFinite(field: string, value: number): void {
  if (Number.isFinite(value)) return;
  throw storeError("invalid_argument", `${field} must be a finite number, got ${value}`, { field });
}

/** Puts what a trial has tried in line again under a new number, as often as the study says. */
export function retryEvents(
  { table, definition }: StudyState,
  number: number,
  retryNumber: number,
): readonly StudyEvent[] {
  const trial = table.all.get(number);
  let retries = 0;
  for (let at = trial?.retryOf; at !== undefined; at = table.all.get(at)?.retryOf) retries++;
  if (trial === undefined || retries >= definition.maxRetries) return [];
  return [{ kind: "trial-enqueued", number: retryNumber, point: trial.point, retryOf: number }];
}
