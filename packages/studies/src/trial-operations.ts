import {
  checkName,
  checkText,
  checkWhole,
  parseRecord,
  StoreError,
  type StudyStore,
  type StudyTrial,
  storeError,
  type TrialResult,
} from "@trimtab/core";
import { type StudyState, shouldPrune, type Trial } from "@trimtab/optimize";
import { decideAsk, sessionRules } from "./ask-trials.ts";
import { present, trialAt } from "./located-trials.ts";
import { refuseIf } from "./refuse-if.ts";
import type { Located } from "./study-access.ts";
import type { StudyView } from "./study-fold.ts";
import { toStudyTrial } from "./study-info.ts";
import type { StudyParts } from "./study-operations.ts";
import { decideOne, decideResults, toCommand } from "./trial-commands.ts";
import { withoutSensitive } from "./without-sensitive.ts";

type TrialMethods = Pick<
  StudyStore,
  "enqueueTrial" | "askTrials" | "tellTrial" | "tellTrials" | "reportIntermediateValue" | "failTrial" | "renewTrial"
>;

/** Trials that one call may ask for or tell of. */
const maxTrialsPerCall = 1000;

/** What goes on with trials. */
export function createTrialMethods({ table, grounds, access }: StudyParts): TrialMethods {
  const { store, limits, fitKernel } = grounds;
  const checkClient = (clientId: string | undefined): void => {
    if (clientId !== undefined) refuseIf(checkName(clientId, "clientId", limits.nameLength));
  };
  const checkMetrics = ({ metrics }: TrialResult): void => {
    const parsed = parseRecord(metrics, "metrics", limits.metadataBytes);
    if (parsed.kind === "refused") throw new StoreError(parsed.refusal);
  };
  return {
    async enqueueTrial(session, ref, parameters, by = {}) {
      const located = await access.locate(session, ref);
      const asked = { asked: "enqueue-trial", ...located.asker(by) };
      const command = { kind: "enqueue-trial", parameters } as const;
      const enqueued = located.study.commit((view) => decideOne(view, command), asked);
      return one(located, await withoutSensitive(store, located.name.session, enqueued));
    },
    async askTrials(session, ref, options) {
      checkClient(options.clientId);
      refuseIf(checkWhole(options.count ?? 1, "count", 1));
      checkCount("count", options.count ?? 1);
      const located = await access.locate(session, ref);
      const { study } = located;
      await table.lose(study);
      const mayRead = (names: readonly string[]) => access.mayRead(session, located, names);
      const rules = sessionRules(store, located, mayRead);
      const asked = { asked: "ask-trials", ...located.asker(options) };
      const started = study.commit((view) => decideAsk(view, options, { rules, fitKernel }), asked);
      const numbers = await withoutSensitive(store, located.name.session, started);
      const view = present(located);
      return { trials: trialsOf(view, located, numbers), status: view.state.status };
    },
    async tellTrial(session, ref, result, { clientId, ...by } = {}) {
      checkClient(clientId);
      checkMetrics(result);
      const located = await access.locate(session, ref);
      const asked = { asked: `tell-trial ${result.number}`, ...located.asker(by) };
      const command = toCommand(result, clientId);
      const numbers = await located.study.commit((view) => decideOne(view, command), asked);
      const trial = one(located, numbers);
      return { trial, improved: isImprovement(present(located).state, trial.number) };
    },
    async tellTrials(session, ref, results, { clientId, atomic = true, ...by } = {}) {
      checkClient(clientId);
      checkCount("results", results.length);
      results.forEach(checkMetrics);
      const located = await access.locate(session, ref);
      let refused: ReadonlyMap<number, StoreError> = new Map();
      const asked = { asked: "tell-trials", ...located.asker(by) };
      const numbers = await located.study.commit((view) => {
        const decided = decideResults(view, results, { clientId, atomic });
        ({ refused } = decided);
        return decided;
      }, asked);
      return { trials: trialsOf(present(located), located, numbers), refused };
    },
    async reportIntermediateValue(session, ref, { number, step, value }, { clientId, ...by } = {}) {
      checkClient(clientId);
      const located = await access.locate(session, ref);
      const asked = { asked: "report-value", ...located.asker(by) };
      const speaker = { number, ...(clientId !== undefined && { clientId }) };
      await located.study.commit((view) => decideOne(view, { kind: "report-value", ...speaker, step, value }), asked);
      const view = present(located);
      return { shouldPrune: shouldPrune(view.state, number), leaseExpiresAtMs: leaseOf(view, number) };
    },
    async failTrial(session, ref, number, { clientId, cause, retry, ...by } = {}) {
      checkClient(clientId);
      refuseIf(checkText(cause, "cause", limits.expressionLength));
      const located = await access.locate(session, ref);
      const asked = { asked: `fail-trial ${number}`, ...located.asker(by) };
      const said = { ...(cause !== undefined && { cause }), ...(retry !== undefined && { retry }) };
      const command = { kind: "fail-trial", number, ...(clientId !== undefined && { clientId }), ...said } as const;
      const trial = one(located, await located.study.commit((view) => decideOne(view, command), asked));
      const retryNumber = present(located).state.table.retries.get(number);
      return { trial, ...(retryNumber !== undefined && { retryNumber }) };
    },
    async renewTrial(session, ref, number, { clientId, ...by } = {}) {
      checkClient(clientId);
      const located = await access.locate(session, ref);
      const asked = { asked: `renew-trial ${number}`, ...located.asker(by) };
      await located.study.commit((view) => {
        checkHeld(trialAt(view, number), clientId);
        return { happening: { kind: "trial-renewed", number }, numbers: [number] };
      }, asked);
      return { leaseExpiresAtMs: leaseOf(present(located), number) };
    },
  };
}

function checkHeld({ number, state, clientId: holder }: Trial, clientId: string | undefined): void {
  if (clientId !== undefined && clientId !== holder) {
    const details = { trial: number, ...(holder !== undefined && { holder }) };
    throw storeError("lease_lost", `trial ${number} is not held by ${clientId}`, details);
  }
  if (state === "running") return;
  throw storeError("trial_ended", `trial ${number} is ${state} and not under way`, { trial: number, state });
}

const leaseOf = ({ heard, record, updatedAtMs }: StudyView, number: number): number =>
  (heard.byTrial.get(number)?.atMs ?? updatedAtMs) + record.trialTtlMs;

function checkCount(field: string, count: number): void {
  if (count <= maxTrialsPerCall) return;
  const details = { field, limit: maxTrialsPerCall, value: count };
  throw storeError("invalid_argument", `${field} must be at most ${maxTrialsPerCall}, got ${count}`, details);
}

const trialsOf = (view: StudyView, { name }: Located, numbers: readonly number[]): readonly StudyTrial[] =>
  numbers.map((number) => toStudyTrial(view, name.id, trialAt(view, number)));

function one(located: Located, [number = -1]: readonly number[]): StudyTrial {
  const view = present(located);
  return toStudyTrial(view, located.name.id, trialAt(view, number));
}

/** Of several objectives nothing may beat a trial in all; of one it must be better than all that came before. */
function isImprovement({ definition: { directions }, table: { front } }: StudyState, number: number): boolean {
  return front.get(number) !== undefined && (directions.length > 1 || front.size === 1);
}
