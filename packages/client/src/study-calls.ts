import type { Client } from "@connectrpc/connect";
import {
  checkWhole,
  type StudyInfoChanges,
  type StudySpec,
  type StudyStore,
  type StudyWatchEvent,
  type ValueRecord,
  type WatchStudyOptions,
} from "@trimtab/core";
import {
  createStudyJoin,
  encodeFlag,
  encodeRecord,
  encodeText,
  encodeWhole,
  fromUint64,
  fromWireStudy,
  toDuration,
  toWireIfExists,
  toWireObjective,
  toWireStudyStatus,
} from "@trimtab/wire";
import type { StudyService } from "@trimtab/wire/services";
import { readApplied, readPage } from "./answers.ts";
import { emptyArgument, encodeFilter, encodePage, refuseIf } from "./arguments.ts";
import type { Caller } from "./caller.ts";
import { streamCall } from "./stream-call.ts";

type StudyCalls = Pick<
  StudyStore,
  | "createStudy"
  | "getStudy"
  | "listStudies"
  | "updateStudy"
  | "changeBounds"
  | "deleteStudy"
  | "rollbackStudy"
  | "watchStudy"
>;

type Studies = Client<typeof StudyService>;

/** Takes a session and a study of it; the name of one must not be empty, as it would be none. */
export function encodeStudy(session: string, study: string): { sessionId: string; studyId: string } {
  return { sessionId: encodeText(session, "session"), studyId: encodeFilter(study, "study") };
}

/** The part that deals with studies as a whole, over a transport. */
export const createStudyCalls = (client: Studies, { call, context }: Caller): StudyCalls => ({
  createStudy: (session, spec, options = {}) =>
    call(
      (to) => {
        const what = { sessionId: encodeText(session, "session"), ...encodeSpec(spec) };
        const ifExists = toWireIfExists(options.ifExists);
        return client.createStudy({ ...what, ifExists, context: context(options) }, to);
      },
      ({ study }) => fromWireStudy(study),
    ),
  getStudy: (session, study) =>
    call(
      (to) => client.getStudy(encodeStudy(session, study), to),
      (answer) => fromWireStudy(answer.study),
    ),
  listStudies: (session, options = {}) =>
    call(
      (to) => {
        const states = (options.statuses ?? []).map(toWireStudyStatus);
        const pattern = encodeFilter(options.pattern, "pattern");
        return client.listStudies(
          { sessionId: encodeText(session, "session"), pattern, states, ...encodePage(options) },
          to,
        );
      },
      (answer) => readPage(answer.studies, answer, fromWireStudy),
    ),
  updateStudy: (session, study, changes, options) =>
    call(
      (to) =>
        client.updateStudy(
          { ...encodeStudy(session, study), ...encodeChanges(changes), context: context(options) },
          to,
        ),
      (answer) => fromWireStudy(answer.study),
    ),
  changeBounds: (session, study, bounds, options = {}) =>
    call(
      (to) => {
        const { expectedSpaceVersion: expected } = options;
        const version =
          expected === undefined ? {} : { expectedSpaceVersion: encodeWhole(expected, "expectedSpaceVersion") };
        const what = { ...encodeStudy(session, study), bounds: encodeBounds(bounds), ...version };
        return client.updateStudySpace({ ...what, context: context(options) }, to);
      },
      (answer) => fromWireStudy(answer.study),
    ),
  deleteStudy: (session, study, options = {}) =>
    call(
      (to) => {
        const allowMissing = encodeFlag(options.allowMissing, "allowMissing");
        return client.deleteStudy({ ...encodeStudy(session, study), allowMissing, context: context(options) }, to);
      },
      () => undefined,
    ),
  rollbackStudy: (session, study, options = {}) =>
    call(
      (to) => {
        const overrideLaterWrites = encodeFlag(options.overrideLaterWrites, "overrideLaterWrites");
        const what = { ...encodeStudy(session, study), overrideLaterWrites };
        return client.rollbackStudy({ ...what, context: context(options) }, to);
      },
      (answer) => readWritten(session, study, answer),
    ),
  watchStudy: (session, study, options = {}) => watchStudy(client, { session, study, options }),
});

/** Reads what was written to the variables of the session that a study belongs to. */
export function readWritten(
  session: string,
  study: string,
  answer: { readonly revision: bigint; readonly applied: Parameters<typeof readApplied>[0] },
) {
  const slash = study.indexOf("/");
  const receipt = {
    session: slash < 0 ? session : study.slice(0, slash),
    revision: fromUint64(answer.revision, "revision"),
  };
  return { ...receipt, applied: readApplied(answer.applied, receipt) };
}

function encodeSpec(spec: StudySpec) {
  const { objectives, sampler, pruner, seed, trialTtlMs } = spec;
  if (trialTtlMs !== undefined) refuseIf(checkWhole(trialTtlMs, "trialTtlMs", 1));
  // In a request none would be the one that is taken where none is given.
  if (objectives?.length === 0) throw emptyArgument("objectives");
  return {
    studyId: encodeFilter(spec.id, "id"),
    variables: spec.variables.map((ref) => encodeFilter(ref, "variables")),
    configurationSpace: encodeFilter(spec.configurationSpace, "configurationSpace"),
    bounds: encodeBounds(spec.bounds ?? {}),
    objectives: (objectives ?? []).map(({ metric, direction }, index) =>
      toWireObjective({
        metric: encodeText(metric, `objectives[${index}].metric`),
        direction: direction ?? (metric === "loss" ? "minimize" : "maximize"),
      }),
    ),
    ...(sampler !== undefined && { sampler: encodeMethod(sampler, "sampler") }),
    ...(pruner !== undefined && { pruner: encodeMethod(pruner, "pruner") }),
    ...(seed !== undefined && { seed: encodeWhole(seed, "seed") }),
    parallelism: encodeLimit(spec.parallelism, "parallelism"),
    maxTrials: encodeLimit(spec.maxTrials, "maxTrials"),
    maxRetries: encodeWhole(spec.maxRetries ?? 0, "maxRetries"),
    ...(trialTtlMs !== undefined && { trialLeaseTtl: toDuration(trialTtlMs) }),
    metadata: encodeRecord(spec.metadata, "metadata"),
  };
}

/** Takes a limit; in a request, 0 would mean that there is none. */
function encodeLimit(limit: number | undefined, field: string): bigint {
  if (limit === undefined) return 0n;
  refuseIf(checkWhole(limit, field, 1));
  return BigInt(limit);
}

const encodeMethod = ({ name, config }: { readonly name: string; readonly config?: ValueRecord }, field: string) => ({
  name: encodeFilter(name, `${field}.name`),
  config: encodeRecord(config, `${field}.config`),
});

const encodeBounds = (bounds: Readonly<Record<string, ValueRecord>>) =>
  Object.entries(bounds).map(([variable, constraints]) => ({
    variable: encodeFilter(variable, "bounds"),
    constraints: encodeRecord(constraints, `bounds.${variable}`),
  }));

function encodeChanges({ status, parallelism, maxTrials, metadata }: StudyInfoChanges) {
  const paths = [
    ...(status === undefined ? [] : ["state"]),
    ...(parallelism === undefined ? [] : ["parallelism"]),
    ...(maxTrials === undefined ? [] : ["max_trials"]),
    ...(metadata === undefined ? [] : ["metadata"]),
  ];
  return {
    ...(status !== undefined && { state: toWireStudyStatus(status) }),
    parallelism: encodeWhole(parallelism ?? 0, "parallelism"),
    maxTrials: encodeWhole(maxTrials ?? 0, "maxTrials"),
    metadata: encodeRecord(metadata, "metadata"),
    updateMask: { paths },
  };
}

interface StudyWatch {
  readonly session: string;
  readonly study: string;
  readonly options: WatchStudyOptions;
}

const watchStudy = (client: Studies, { session, study, options }: StudyWatch): AsyncIterable<StudyWatchEvent> =>
  streamCall({
    open: (signal) => {
      const resumeToken = encodeFilter(options.after, "after");
      const omitEndedTrials = encodeFlag(options.omitEndedTrials, "omitEndedTrials");
      return client.watchStudy(
        { ...encodeStudy(session, study), resumeToken, omitEndedTrials },
        { signal, timeoutMs: 0 },
      );
    },
    reader: createStudyJoin,
    isLast: ({ kind }) => kind === "ended",
    signal: options.signal,
  });
