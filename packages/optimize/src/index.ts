export { emptyNumberMap, type NumberMap } from "./number-map.ts";
export { fitKernel, type KernelInput } from "./numeric/fit-kernel.ts";
export type { Kernel } from "./numeric/gaussian-process.ts";
export { crowdingDistances, dominates, type Losses, paretoFront, sortIntoFronts } from "./objectives/dominance.ts";
export { hypervolume } from "./objectives/hypervolume.ts";
export { type Direction, type Objective, refuseRepeated } from "./objectives/objective.ts";
export { createMedianPruner, type MedianOptions } from "./pruners/median-pruner.ts";
export { parsePruner } from "./pruners/parse-pruner.ts";
export type { Pruner, PrunerRequest } from "./pruners/pruner.ts";
export {
  createSuccessiveHalvingPruner,
  type SuccessiveHalvingOptions,
} from "./pruners/successive-halving-pruner.ts";
export { createRandom, type Random } from "./random.ts";
export { type CmaEsOptions, createCmaEsSampler } from "./samplers/cma-es-sampler.ts";
export { createGpSampler, type GpOptions } from "./samplers/gp-sampler.ts";
export { createGridSampler, type GridOptions } from "./samplers/grid-sampler.ts";
export { createNsga2Sampler, type NsgaOptions } from "./samplers/nsga2-sampler.ts";
export { parseSampler } from "./samplers/parse-sampler.ts";
export { createRandomSampler } from "./samplers/random-sampler.ts";
export { type Sampler, type SamplerRequest, type Suggestion, UnfittedKernel } from "./samplers/sampler.ts";
export { createSobolSampler } from "./samplers/sobol-sampler.ts";
export { createTpeSampler, type TpeOptions } from "./samplers/tpe-sampler.ts";
export { decodePoint, encodePoint, fromValues, type Point, toValues } from "./space/point.ts";
export { type SearchSpace, toSearchSpace } from "./space/search-space.ts";
export { type Axis, createSpaceLayout, type Parameter, type SpaceLayout } from "./space/space-layout.ts";
export { hasRoom } from "./study/ask-trials.ts";
export { bestTrial, paretoTrials, shouldPrune } from "./study/best-trials.ts";
export { type AskRules, decideAsk, decideStudy } from "./study/decide-study.ts";
export { evolveStudy, replayStudy } from "./study/evolve-study.ts";
export type { ObjectiveFunction, ObjectiveResult, OptimizeOptions, RunningTrial } from "./study/run-trials.ts";
export { createStudy, type Study, type TellOptions } from "./study/study.ts";
export type { StudyCommand, StudyDecision } from "./study/study-command.ts";
export type { StudyChanges, StudyEvent, StudyStatus } from "./study/study-event.ts";
export {
  initialStudyState,
  resumeStudyState,
  type StudyDefinition,
  type StudyOptions,
  type StudyProgress,
  type StudyState,
} from "./study/study-state.ts";
export type { IntermediateValue, Trial, TrialState } from "./study/trial.ts";
export { type TrialTable, toTrialTable, trialsHeldBy } from "./study/trial-table.ts";
