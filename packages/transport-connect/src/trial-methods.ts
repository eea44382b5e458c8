import type { ServiceImpl } from "@connectrpc/connect";
import { type StudyStore, storeError, type TrialResult } from "@trimtab/core";
import {
  fromUint64,
  fromWireContext,
  fromWireRecord,
  fromWireTrialState,
  present,
  toTimestamp,
  toUint64,
  toWireItem,
  toWireStudyStatus,
  toWireTrial,
  toWireVariable,
  toWireWritten,
} from "@trimtab/wire";
import {
  type ApplyTrialRequest,
  type AskTrialsRequest,
  type StudyService,
  TrialState,
  type TrialResult as WireTrialResult,
  type WriteContext,
} from "@trimtab/wire/services";
import { askerOf } from "./asker-of.ts";
import type { Calls } from "./calls.ts";
import { toPageOptions } from "./page-options.ts";
import { mapEntries, sessionOf, studyOf } from "./request-parts.ts";

type Methods<Name extends keyof ServiceImpl<typeof StudyService>> = Pick<ServiceImpl<typeof StudyService>, Name>;

type TrialMethods = Methods<
  | "enqueueTrial"
  | "askTrials"
  | "tellTrial"
  | "batchTellTrials"
  | "reportIntermediateValue"
  | "failTrial"
  | "renewTrial"
  | "getTrial"
  | "listTrials"
  | "getBestTrial"
  | "listParetoTrials"
  | "getTrialVariables"
  | "applyTrial"
>;

/** Serves trials of studies. */
export const createTrialMethods = (studies: StudyStore, calls: Calls): TrialMethods => ({
  ...createHandling(studies, calls),
  ...createTelling(studies, calls),
  ...createReading(studies, calls),
});

const numberOf = ({ trialNumber }: { readonly trialNumber: bigint }): number => fromUint64(trialNumber, "trial_number");

const speakerOf = ({ clientId, context }: { readonly clientId: string; readonly context?: WriteContext | undefined }) =>
  present({ ...askerOf(context), clientId: clientId || undefined });

const createHandling = (
  studies: StudyStore,
  { unary }: Calls,
): Methods<"enqueueTrial" | "askTrials" | "renewTrial" | "applyTrial"> => ({
  enqueueTrial: unary(async (request) => {
    const parameters = fromWireRecord(request.parameters, "parameters");
    const by = askerOf(request.context);
    return { trial: toWireTrial(await studies.enqueueTrial(sessionOf(request), studyOf(request), parameters, by)) };
  }),
  askTrials: unary(async (request) => {
    const { trials, status } = await studies.askTrials(sessionOf(request), studyOf(request), toAsking(request));
    return { trials: trials.map(toWireTrial), studyState: toWireStudyStatus(status) };
  }),
  renewTrial: unary(async (request) => {
    const number = numberOf(request);
    const renewed = await studies.renewTrial(sessionOf(request), studyOf(request), number, speakerOf(request));
    return { leaseExpiresAt: toTimestamp(renewed.leaseExpiresAtMs) };
  }),
  applyTrial: unary(async (request) => {
    const applied = await studies.applyTrial(sessionOf(request), studyOf(request), toApplying(request));
    return {
      trial: toWireTrial(applied.trial),
      applied: mapEntries(applied.applied, toWireWritten),
      revision: toUint64(applied.revision),
    };
  }),
});

function toAsking(request: AskTrialsRequest) {
  const parameters = fromWireRecord(request.parameters, "parameters");
  return present({
    ...speakerOf(request),
    count: request.count || undefined,
    parameters: Object.keys(parameters).length === 0 ? undefined : parameters,
  });
}

function toApplying({ context, trialNumber, expectedVersions }: ApplyTrialRequest) {
  const versions = Object.entries(expectedVersions).map(
    ([name, version]) => [name, fromUint64(version, `expected_versions.${name}`)] as const,
  );
  return present({
    ...fromWireContext(context),
    number: trialNumber === undefined ? undefined : fromUint64(trialNumber, "trial_number"),
    expectedVersions: Object.fromEntries(versions),
  });
}

const createTelling = (
  studies: StudyStore,
  { unary }: Calls,
): Methods<"tellTrial" | "batchTellTrials" | "reportIntermediateValue" | "failTrial"> => ({
  tellTrial: unary(async (request) => {
    if (request.result === undefined) throw storeError("invalid_argument", "result is required", { field: "result" });
    const result = toResult(request.result, "result");
    const told = await studies.tellTrial(sessionOf(request), studyOf(request), result, speakerOf(request));
    return { trial: toWireTrial(told.trial), improved: told.improved };
  }),
  batchTellTrials: unary(async (request) => {
    const results = request.results.map((each, index) => toResult(each, `results[${index}]`));
    const options = { ...speakerOf(request), atomic: !request.allowPartial };
    const { trials, refused } = await studies.tellTrials(sessionOf(request), studyOf(request), results, options);
    const items = Array.from(refused, ([number, error]) => [String(number), toWireItem(error)] as const);
    return { trials: trials.map(toWireTrial), refused: Object.fromEntries(items) };
  }),
  reportIntermediateValue: unary(async (request) => {
    const { value } = request;
    const report = { number: numberOf(request), step: fromUint64(request.step, "step"), value };
    const by = speakerOf(request);
    const reported = await studies.reportIntermediateValue(sessionOf(request), studyOf(request), report, by);
    return { shouldPrune: reported.shouldPrune, leaseExpiresAt: toTimestamp(reported.leaseExpiresAtMs) };
  }),
  failTrial: unary(async (request) => {
    const { cause, retry } = request;
    const options = { ...speakerOf(request), cause, retry };
    const failed = await studies.failTrial(sessionOf(request), studyOf(request), numberOf(request), options);
    const again = failed.retryNumber === undefined ? {} : { retryNumber: toUint64(failed.retryNumber) };
    return { trial: toWireTrial(failed.trial), ...again };
  }),
});

function toResult({ trialNumber, values, state, metrics }: WireTrialResult, path: string): TrialResult {
  const number = fromUint64(trialNumber, `${path}.trial_number`);
  const told = state === TrialState.UNSPECIFIED ? "complete" : fromWireTrialState(state, `${path}.state`);
  if (told === "complete" || told === "pruned") return { number, values, state: told, metrics };
  const message = `${path}.state must be COMPLETE or PRUNED, got ${told}`;
  throw storeError("invalid_argument", message, { field: `${path}.state`, value: told });
}

const createReading = (
  studies: StudyStore,
  { unary }: Calls,
): Methods<"getTrial" | "listTrials" | "getBestTrial" | "listParetoTrials" | "getTrialVariables"> => ({
  getTrial: unary(async (request) => ({
    trial: toWireTrial(await studies.getTrial(sessionOf(request), studyOf(request), numberOf(request))),
  })),
  listTrials: unary(async (request) => {
    const options = toPageOptions(request, {
      states: request.states.map((state, index) => fromWireTrialState(state, `states[${index}]`)),
      clientId: request.clientId || undefined,
      newestFirst: request.newestFirst,
    });
    const page = await studies.listTrials(sessionOf(request), studyOf(request), options);
    return { trials: page.items.map(toWireTrial), nextPageToken: page.nextPageToken ?? "" };
  }),
  getBestTrial: unary(async (request) => ({
    trial: toWireTrial(await studies.getBestTrial(sessionOf(request), studyOf(request))),
  })),
  listParetoTrials: unary(async (request) => {
    const page = await studies.listParetoTrials(sessionOf(request), studyOf(request), toPageOptions(request, {}));
    return { trials: page.items.map(toWireTrial), nextPageToken: page.nextPageToken ?? "" };
  }),
  getTrialVariables: unary(async (request) => {
    const { variables: refs } = request;
    const read = await studies.getTrialVariables(sessionOf(request), studyOf(request), numberOf(request), refs);
    return {
      variables: mapEntries(read.found, toWireVariable),
      missing: [...read.missing],
      revision: toUint64(read.revision),
    };
  }),
});
