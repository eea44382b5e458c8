import { type OptimizationTarget, optimizationTargets } from "../lease/lease-command.ts";
import { type ObjectiveText, parseObjective } from "../lease/objective-text.ts";
import {
  type OptimizationObjective,
  objectiveDirections,
  optimizationOutcomes,
  optimizationStates,
} from "../lease/optimization.ts";
import {
  conflictResolutions,
  type OptimizationStarted,
  type OptimizationStore,
  type RenewLeaseOptions,
} from "../store/optimization-store.ts";
import {
  absentable,
  type CallArguments,
  filled,
  flag,
  type Kind,
  list,
  number,
  object,
  oneOf,
  optional,
  options,
  partOf,
  type ReadBeside,
  recordOf,
  signal,
  text,
  values,
  withArgument,
} from "./kind.ts";
import { namedRefs, page, session, times, write } from "./shared-kinds.ts";

const optimization = ["optimization", filled] as const;
const isTarget = partOf<Pick<OptimizationTarget, "kind">>({ kind: oneOf(optimizationTargets) });
const byId = object({ kind: text, id: filled });
const byRef = object({ kind: text, ref: filled });
const named: Kind<OptimizationTarget> = withArgument(
  (value, field) =>
    isTarget(value, field) ?? ((value as OptimizationTarget).kind === "variable" ? byRef : byId)(value, field),
);
const target = ["target", named] as const;
const objectiveParts = object<OptimizationObjective>({ metric: text, direction: oneOf(objectiveDirections) });
const objective: Kind<OptimizationObjective | ObjectiveText> = (value, field, isArgument) => {
  if (typeof value !== "string") return objectiveParts(value, field, isArgument);
  const parsed = parseObjective(value);
  return parsed.kind === "refused" ? parsed.refusal : undefined;
};
/** A lease is shown by what granted it. */
const granted: ReadBeside<OptimizationStarted, RenewLeaseOptions> = {
  session: true,
  revision: true,
  optimization: true,
};

/** What the arguments are of what coordinates optimizers. */
export const optimizationArguments: CallArguments<OptimizationStore> = {
  startOptimization: [
    session,
    namedRefs,
    [
      "options",
      object({
        ...absentable(write),
        optimizer: text,
        config: optional(values),
        objective: optional(objective),
        maxIterations: optional(number),
        convergenceThreshold: optional(number),
        feedbackInterval: optional(number),
        onConflict: optional(oneOf(conflictResolutions)),
        waitTimeoutMs: optional(number),
        signal: optional(signal),
        priority: optional(number),
        leaseTtlMs: optional(number),
      }),
    ],
  ],
  renewLease: [
    session,
    optimization,
    ["options", object({ ...absentable(write), fencingToken: number, leaseTtlMs: optional(number) }, granted)],
  ],
  reportProgress: [
    session,
    optimization,
    [
      "options",
      object(
        {
          ...absentable(write),
          fencingToken: number,
          iteration: optional(number),
          values: optional(values),
          metrics: optional(recordOf(number)),
        },
        granted,
      ),
    ],
  ],
  stopOptimization: [
    session,
    target,
    [
      "options",
      options(
        {
          ...write,
          fencingToken: number,
          applyBest: flag,
          force: flag,
          outcome: oneOf(optimizationOutcomes),
          cause: text,
        },
        granted,
      ),
    ],
  ],
  getOptimizationStatus: [session, target],
  listOptimizations: [
    session,
    ["options", options({ ...page, variable: filled, states: list(oneOf(optimizationStates)), optimizer: filled })],
  ],
  listOptimizationHistory: [
    session,
    ["options", options({ ...page, ...times, variable: filled, optimization: filled, optimizer: filled })],
  ],
};
