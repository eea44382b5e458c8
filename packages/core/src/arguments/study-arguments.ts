import { objectiveDirections } from "../lease/optimization.ts";
import type { StudySpec, TrialResult } from "../store/study-calls.ts";
import type { StudyStore } from "../store/study-store.ts";
import { type StudyTrial, studyStatuses, studyTrialStates } from "../study/study.ts";
import {
  absentable,
  anything,
  type CallArguments,
  filled,
  flag,
  list,
  number,
  object,
  oneOf,
  optional,
  options,
  type ReadBeside,
  recordOf,
  signal,
  text,
  values,
  whole,
} from "./kind.ts";
import { page, session, write } from "./shared-kinds.ts";

const study = ["study", filled] as const;
const trial = ["number", number] as const;
const { actor, origin, requestId, via } = write;
/** Who asks. Metadata and leases are for writes to the session. */
const asker = { actor, origin, requestId, via };
const teller = { ...asker, clientId: filled };
const method = optional(object({ name: text, config: optional(values) }));
const trialRead: ReadBeside<StudyTrial, TrialResult> = {
  study: true,
  parameters: true,
  spaceVersion: true,
  intermediateValues: true,
  clientId: true,
  enqueued: true,
  retryOf: true,
  createdAtMs: true,
  startedAtMs: true,
  endedAtMs: true,
  leaseExpiresAtMs: true,
  cause: true,
};
const result = object<TrialResult>(
  {
    number,
    values: optional(list(number)),
    state: optional(oneOf(["complete", "pruned"])),
    metrics: optional(recordOf(number)),
  },
  trialRead,
);

const spec = object<StudySpec>({
  id: optional(filled),
  variables: list(text),
  configurationSpace: optional(text),
  bounds: optional(recordOf(values)),
  objectives: optional(list(object({ metric: text, direction: optional(oneOf(objectiveDirections)) }))),
  sampler: method,
  pruner: method,
  seed: optional(number),
  parallelism: optional(number),
  maxTrials: optional(number),
  maxRetries: optional(number),
  trialTtlMs: optional(number),
  metadata: optional(values),
});

/** What the arguments of the methods of studies are. */
export const studyArguments: CallArguments<StudyStore> = {
  createStudy: [session, ["spec", spec], ["options", options({ ...asker, ifExists: oneOf(["refuse", "keep"]) })]],
  getStudy: [session, study],
  listStudies: [session, ["options", options({ ...page, pattern: filled, statuses: list(oneOf(studyStatuses)) })]],
  updateStudy: [
    session,
    study,
    [
      "changes",
      object({
        status: optional(oneOf(studyStatuses)),
        parallelism: optional(number),
        maxTrials: optional(number),
        metadata: optional(values),
      }),
    ],
    ["options", options(asker)],
  ],
  changeBounds: [
    session,
    study,
    ["bounds", recordOf(values)],
    ["options", options({ ...asker, expectedSpaceVersion: whole })],
  ],
  deleteStudy: [session, study, ["options", options({ ...asker, allowMissing: flag })]],

  enqueueTrial: [session, study, ["parameters", recordOf(anything)], ["options", options(asker)]],
  askTrials: [
    session,
    study,
    ["options", object({ ...absentable(teller), count: optional(number), parameters: optional(recordOf(anything)) })],
  ],
  tellTrial: [session, study, ["result", result], ["options", options(teller)]],
  tellTrials: [session, study, ["results", list(result)], ["options", options({ ...teller, atomic: flag })]],
  reportIntermediateValue: [
    session,
    study,
    ["report", object({ number, step: number, value: number })],
    ["options", options(teller)],
  ],
  failTrial: [session, study, trial, ["options", options({ ...teller, cause: text, retry: flag })]],
  renewTrial: [session, study, trial, ["options", options(teller)]],

  getTrial: [session, study, trial],
  listTrials: [
    session,
    study,
    ["options", options({ ...page, states: list(oneOf(studyTrialStates)), clientId: filled, newestFirst: flag })],
  ],
  getBestTrial: [session, study],
  listParetoTrials: [session, study, ["options", options(page)]],
  getTrialVariables: [session, study, trial, ["refs", optional(list(text))]],
  applyTrial: [session, study, ["options", options({ ...write, number, expectedVersions: recordOf(whole) })]],
  rollbackStudy: [session, study, ["options", options({ ...write, overrideLaterWrites: flag })]],
  watchStudy: [session, study, ["options", options({ after: filled, omitEndedTrials: flag, signal })]],
};
