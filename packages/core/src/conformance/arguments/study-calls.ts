import type { StudyStore } from "../../index.ts";
import { by, page } from "./call-parts.ts";

/** Who asks where nothing is written to the session. */
const { metadata: _metadata, lease: _lease, ...asker } = by;
const teller = { ...asker, clientId: "worker" };
const method = { name: "random", config: {} };

/** Arguments that the methods of studies take, of a study `one` of the float `x`, or refuse for what they say. */
export const studyCalls: { readonly [M in keyof StudyStore]: readonly unknown[] } = {
  createStudy: [
    "s",
    {
      id: "two",
      variables: ["x"],
      configurationSpace: undefined,
      bounds: { x: { min: 1, max: 2 } },
      objectives: [{ metric: "loss", direction: "minimize" }],
      sampler: method,
      pruner: { name: "median", config: {} },
      seed: 1,
      parallelism: 1,
      maxTrials: 10,
      maxRetries: 0,
      trialTtlMs: 60_000,
      metadata: {},
    },
    { ...asker, ifExists: "keep" },
  ],
  getStudy: ["s", "one"],
  listStudies: ["s", { ...page, pattern: "*", statuses: ["running"] }],
  updateStudy: ["s", "one", { status: "running", parallelism: 0, maxTrials: 0, metadata: {} }, asker],
  changeBounds: ["s", "one", { x: { min: 1, max: 2 } }, { ...asker, expectedSpaceVersion: undefined }],
  deleteStudy: ["s", "gone", { ...asker, allowMissing: true }],
  enqueueTrial: ["s", "one", { x: 1 }, asker],
  askTrials: ["s", "one", { ...teller, count: 1, parameters: { x: 1.5 } }],
  tellTrial: ["s", "one", { number: 0, values: [1], state: "complete", metrics: { a: 1 } }, teller],
  tellTrials: [
    "s",
    "one",
    [{ number: 0, values: [1], state: "complete", metrics: { a: 1 } }],
    { ...teller, atomic: false },
  ],
  reportIntermediateValue: ["s", "one", { number: 0, step: 1, value: 1 }, teller],
  failTrial: ["s", "one", 0, { ...teller, cause: "", retry: false }],
  renewTrial: ["s", "one", 0, teller],
  getTrial: ["s", "one", 0],
  listTrials: ["s", "one", { ...page, states: ["complete"], clientId: "worker", newestFirst: true }],
  getBestTrial: ["s", "one"],
  listParetoTrials: ["s", "one", page],
  getTrialVariables: ["s", "one", 0, ["x"]],
  applyTrial: ["s", "one", { ...by, number: 0, expectedVersions: { x: 0 } }],
  rollbackStudy: ["s", "one", { ...by, overrideLaterWrites: true }],
  watchStudy: ["s", "one", { after: undefined, omitEndedTrials: true, signal: AbortSignal.abort() }],
};
