import type { Client } from "@connectrpc/connect";
import { type ApplyTrialOptions, checkWhole, type StudyStore, type TrialResult } from "@trimtab/core";
import {
  encodeFlag,
  encodeRecord,
  encodeText,
  encodeWhole,
  fromTimestamp,
  fromUint64,
  fromWireItem,
  fromWireStudyStatus,
  fromWireTrial,
  fromWireVariable,
  toWireTrialState,
} from "@trimtab/wire";
import type { StudyService } from "@trimtab/wire/services";
import { readPage } from "./answers.ts";
import { checkedRange, emptyArgument, encodeFilter, encodePage, refuseIf } from "./arguments.ts";
import type { Caller } from "./caller.ts";
import { encodeStudy, readWritten } from "./study-calls.ts";

type Studies = Client<typeof StudyService>;

type Handling = Pick<StudyStore, "enqueueTrial" | "askTrials" | "renewTrial" | "applyTrial">;
type Telling = Pick<StudyStore, "tellTrial" | "tellTrials" | "reportIntermediateValue" | "failTrial">;
type Reading = Pick<StudyStore, "getTrial" | "listTrials" | "getBestTrial" | "listParetoTrials" | "getTrialVariables">;

/** The part that deals with trials, over a transport. */
export const createTrialCalls = (client: Studies, caller: Caller): Handling & Telling & Reading => ({
  ...createHandling(client, caller),
  ...createTelling(client, caller),
  ...createReading(client, caller),
});

const encodeTrial = (session: string, study: string, number: number) => ({
  ...encodeStudy(session, study),
  trialNumber: encodeWhole(number, "number"),
});

const encodeClient = ({ clientId }: { readonly clientId?: string }) => ({
  clientId: encodeFilter(clientId, "clientId"),
});

const createHandling = (client: Studies, { call, context }: Caller): Handling => ({
  enqueueTrial: (session, study, parameters, options) =>
    call(
      (to) => {
        const what = { ...encodeStudy(session, study), parameters: encodeRecord(parameters, "parameters") };
        return client.enqueueTrial({ ...what, context: context(options) }, to);
      },
      ({ trial }) => fromWireTrial(trial),
    ),
  askTrials: (session, study, options) =>
    call(
      (to) => {
        const { parameters } = options;
        // In a request none would be a trial that the sampler suggests.
        if (parameters !== undefined && Object.keys(parameters).length === 0) throw emptyArgument("parameters");
        const what = {
          ...encodeStudy(session, study),
          ...encodeClient(options),
          count: checkedRange("count", options.count ?? 1, { min: 1, max: 1000 }),
          parameters: encodeRecord(parameters, "parameters"),
        };
        return client.askTrials({ ...what, context: context(options) }, to);
      },
      ({ trials, studyState }) => ({
        trials: trials.map((each, index) => fromWireTrial(each, `trials[${index}]`)),
        status: fromWireStudyStatus(studyState, "study_state"),
      }),
    ),
  renewTrial: (session, study, number, options = {}) =>
    call(
      (to) => {
        const what = { ...encodeTrial(session, study, number), ...encodeClient(options) };
        return client.renewTrial({ ...what, context: context(options) }, to);
      },
      ({ leaseExpiresAt }) => ({ leaseExpiresAtMs: fromTimestamp(leaseExpiresAt, "lease_expires_at") }),
    ),
  applyTrial: (session, study, options = {}) =>
    call(
      (to) => {
        const what = { ...encodeStudy(session, study), ...encodeApplying(options) };
        return client.applyTrial({ ...what, context: context(options) }, to);
      },
      (answer) => ({ ...readWritten(session, study, answer), trial: fromWireTrial(answer.trial) }),
    ),
});

const encodeApplying = ({ number, expectedVersions = {} }: ApplyTrialOptions) => ({
  ...(number !== undefined && { trialNumber: encodeWhole(number, "number") }),
  expectedVersions: Object.fromEntries(
    Object.entries(expectedVersions).map(([name, version]) => [
      encodeText(name, "expectedVersions"),
      encodeWhole(version, `expectedVersions.${name}`),
    ]),
  ),
});

const createTelling = (client: Studies, { call, context }: Caller): Telling => ({
  tellTrial: (session, study, result, options = {}) =>
    call(
      (to) => {
        const what = { ...encodeStudy(session, study), ...encodeClient(options), result: encodeResult(result) };
        return client.tellTrial({ ...what, context: context(options) }, to);
      },
      ({ trial, improved }) => ({ trial: fromWireTrial(trial), improved }),
    ),
  tellTrials: (session, study, results, options = {}) =>
    call(
      (to) => {
        const what = {
          ...encodeStudy(session, study),
          ...encodeClient(options),
          results: results.map(encodeResult),
          allowPartial: options.atomic === false,
        };
        return client.batchTellTrials({ ...what, context: context(options) }, to);
      },
      ({ trials, refused }) => ({
        trials: trials.map((each, index) => fromWireTrial(each, `trials[${index}]`)),
        refused: new Map(Object.entries(refused).map(([number, item]) => [Number(number), fromWireItem(item)])),
      }),
    ),
  reportIntermediateValue: (session, study, { number, step, value }, options = {}) =>
    call(
      (to) => {
        const what = { ...encodeTrial(session, study, number), ...encodeClient(options) };
        const report = { step: encodeWhole(step, "step"), value };
        return client.reportIntermediateValue({ ...what, ...report, context: context(options) }, to);
      },
      ({ shouldPrune, leaseExpiresAt }) => ({
        shouldPrune,
        leaseExpiresAtMs: fromTimestamp(leaseExpiresAt, "lease_expires_at"),
      }),
    ),
  failTrial: (session, study, number, options = {}) =>
    call(
      (to) => {
        const what = { ...encodeTrial(session, study, number), ...encodeClient(options) };
        const why = { cause: encodeText(options.cause ?? "", "cause"), retry: encodeFlag(options.retry, "retry") };
        return client.failTrial({ ...what, ...why, context: context(options) }, to);
      },
      ({ trial, retryNumber }) => ({
        trial: fromWireTrial(trial),
        ...(retryNumber !== undefined && { retryNumber: fromUint64(retryNumber, "retry_number") }),
      }),
    ),
});

function encodeResult({ number, values = [], state, metrics = {} }: TrialResult) {
  refuseIf(checkWhole(number, "number", 0));
  const told = state === undefined ? {} : { state: toWireTrialState(state) };
  return { trialNumber: BigInt(number), values: [...values], metrics: { ...metrics }, ...told };
}

const createReading = (client: Studies, { call }: Caller): Reading => ({
  getTrial: (session, study, number) =>
    call(
      (to) => client.getTrial(encodeTrial(session, study, number), to),
      ({ trial }) => fromWireTrial(trial),
    ),
  listTrials: (session, study, options = {}) =>
    call(
      (to) => {
        const which = {
          states: (options.states ?? []).map(toWireTrialState),
          ...encodeClient(options),
          newestFirst: encodeFlag(options.newestFirst, "newestFirst"),
        };
        return client.listTrials({ ...encodeStudy(session, study), ...which, ...encodePage(options) }, to);
      },
      (answer) => readPage(answer.trials, answer, fromWireTrial),
    ),
  getBestTrial: (session, study) =>
    call(
      (to) => client.getBestTrial(encodeStudy(session, study), to),
      ({ trial }) => fromWireTrial(trial),
    ),
  listParetoTrials: (session, study, options = {}) =>
    call(
      (to) => client.listParetoTrials({ ...encodeStudy(session, study), ...encodePage(options) }, to),
      (answer) => readPage(answer.trials, answer, fromWireTrial),
    ),
  getTrialVariables: (session, study, number, refs = []) =>
    call(
      (to) => {
        const variables = refs.map((ref) => encodeText(ref, "refs"));
        return client.getTrialVariables({ ...encodeTrial(session, study, number), variables }, to);
      },
      (answer) => ({
        revision: fromUint64(answer.revision, "revision"),
        found: new Map(
          Object.entries(answer.variables).map(([ref, each]) => [ref, fromWireVariable(each, `variables.${ref}`)]),
        ),
        missing: answer.missing,
      }),
    ),
});
