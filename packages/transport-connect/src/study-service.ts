import type { ServiceImpl } from "@connectrpc/connect";
import {
  type StudyInfoChanges,
  type StudyMethod,
  type StudySpec,
  type StudyStore,
  storeError,
  type ValueRecord,
} from "@trimtab/core";
import {
  fromDuration,
  fromUint64,
  fromWireContext,
  fromWireIfExists,
  fromWireMethod,
  fromWireObjective,
  fromWireRecord,
  fromWireStudyStatus,
  present,
  toUint64,
  toWireStudy,
  toWireStudyEvent,
  toWireWritten,
} from "@trimtab/wire";
import type {
  CreateStudyRequest,
  Pruner,
  StudyBounds,
  StudyService,
  UpdateStudyRequest,
  WatchStudyRequest,
} from "@trimtab/wire/services";
import { askerOf } from "./asker-of.ts";
import { type Calls, required } from "./calls.ts";
import { toPageOptions } from "./page-options.ts";
import { mapEntries, sessionOf, studyOf } from "./request-parts.ts";
import { createTrialMethods } from "./trial-methods.ts";
import { readUpdateMask } from "./update-mask.ts";

/** Serves studies. */
export function createStudyService(
  studies: StudyStore,
  shutdown: AbortSignal | undefined,
  calls: Calls,
): ServiceImpl<typeof StudyService> {
  const { unary, stream } = calls;
  return {
    ...createTrialMethods(studies, calls),
    createStudy: unary(async (request) => {
      const options = { ...askerOf(request.context), ifExists: fromWireIfExists(request.ifExists) };
      return { study: toWireStudy(await studies.createStudy(sessionOf(request), toSpec(request), options)) };
    }),
    getStudy: unary(async (request) => ({
      study: toWireStudy(await studies.getStudy(sessionOf(request), studyOf(request))),
    })),
    listStudies: unary(async (request) => {
      const options = toPageOptions(request, {
        pattern: request.pattern || undefined,
        statuses: request.states.map((state, index) => fromWireStudyStatus(state, `states[${index}]`)),
      });
      const page = await studies.listStudies(sessionOf(request), options);
      return { studies: page.items.map(toWireStudy), nextPageToken: page.nextPageToken ?? "" };
    }),
    updateStudy: unary(async (request) => {
      const options = askerOf(request.context);
      const changes = toChanges(request);
      return { study: toWireStudy(await studies.updateStudy(sessionOf(request), studyOf(request), changes, options)) };
    }),
    updateStudySpace: unary(async (request) => {
      const expected = request.expectedSpaceVersion;
      const options = present({
        ...askerOf(request.context),
        expectedSpaceVersion: expected === undefined ? undefined : fromUint64(expected, "expected_space_version"),
      });
      const bounds = toBounds(request.bounds);
      return { study: toWireStudy(await studies.changeBounds(sessionOf(request), studyOf(request), bounds, options)) };
    }),
    deleteStudy: unary(async (request) => {
      const options = { ...askerOf(request.context), allowMissing: request.allowMissing };
      await studies.deleteStudy(sessionOf(request), studyOf(request), options);
      return {};
    }),
    rollbackStudy: unary(async (request) => {
      const options = { ...fromWireContext(request.context), overrideLaterWrites: request.overrideLaterWrites };
      const undone = await studies.rollbackStudy(sessionOf(request), studyOf(request), options);
      return { applied: mapEntries(undone.applied, toWireWritten), revision: toUint64(undone.revision) };
    }),
    watchStudy: stream(async function* (request, context) {
      const signal = shutdown === undefined ? context.signal : AbortSignal.any([context.signal, shutdown]);
      const events = studies.watchStudy(sessionOf(request), studyOf(request), toWatchOptions(request, signal));
      for await (const event of events) {
        yield* toWireStudyEvent(event);
        if (event.kind === "ended") return;
      }
      context.signal.throwIfAborted();
      if (shutdown?.aborted) throw storeError("unavailable", "server is shutting down", {});
    }),
  };
}

const toWatchOptions = ({ resumeToken, omitEndedTrials }: WatchStudyRequest, signal: AbortSignal) =>
  present({ after: resumeToken || undefined, omitEndedTrials, signal });

function toSpec(request: CreateStudyRequest): StudySpec {
  const { sampler, pruner, seed, trialLeaseTtl, objectives } = request;
  return present({
    id: request.studyId || undefined,
    variables: request.variables.map((ref, index) => required(ref, `variables[${index}]`)),
    configurationSpace: request.configurationSpace || undefined,
    bounds: toBounds(request.bounds),
    objectives:
      objectives.length === 0
        ? undefined
        : objectives.map((each, index) => fromWireObjective(each, `objectives[${index}]`)),
    sampler: sampler && fromWireMethod({ name: sampler.name || "tpe", config: sampler.config }, "sampler"),
    pruner: pruner && toPruner(pruner),
    seed: seed === undefined ? undefined : fromUint64(seed, "seed"),
    parallelism: fromUint64(request.parallelism, "parallelism") || undefined,
    maxTrials: fromUint64(request.maxTrials, "max_trials") || undefined,
    maxRetries: fromUint64(request.maxRetries, "max_retries"),
    trialTtlMs: trialLeaseTtl && fromDuration(trialLeaseTtl, "trial_lease_ttl"),
    metadata: fromWireRecord(request.metadata, "metadata"),
  });
}

/** Without a name there is none, and nothing to be said of it. */
function toPruner({ name, config }: Pruner): StudyMethod | undefined {
  if (name === "" && Object.keys(config).length === 0) return undefined;
  return fromWireMethod({ name: required(name, "pruner.name"), config }, "pruner");
}

function toBounds(bounds: readonly StudyBounds[]): Readonly<Record<string, ValueRecord>> {
  const seen = new Set<string>();
  const entries = bounds.map(({ variable, constraints }, index) => {
    const name = required(variable, `bounds[${index}].variable`);
    if (seen.size === seen.add(name).size) {
      throw storeError("invalid_argument", `bounds name ${name} twice`, { field: "bounds", value: name });
    }
    return [name, fromWireRecord(constraints, `bounds[${index}].constraints`)] as const;
  });
  return Object.fromEntries(entries);
}

const replaceable = ["state", "parallelism", "max_trials", "metadata"] as const;

function toChanges(request: UpdateStudyRequest): StudyInfoChanges {
  const replaced = readUpdateMask(request.updateMask, replaceable);
  return present({
    status: replaced.has("state") ? fromWireStudyStatus(request.state, "state") : undefined,
    parallelism: replaced.has("parallelism") ? fromUint64(request.parallelism, "parallelism") : undefined,
    maxTrials: replaced.has("max_trials") ? fromUint64(request.maxTrials, "max_trials") : undefined,
    metadata: replaced.has("metadata") ? fromWireRecord(request.metadata, "metadata") : undefined,
  });
}
