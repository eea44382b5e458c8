import { kinds, objectiveDirections, refusal, type Space, shown } from "@trimtab/core";
import type { Objective } from "./objectives/objective.ts";
import type { OptimizeOptions } from "./study/run-trials.ts";
import type { Study } from "./study/study.ts";
import type { StudyChanges, StudyStatus } from "./study/study-event.ts";
import type { StudyOptions } from "./study/study-state.ts";

const { anything, callable, flag, having, list, number, object, oneOf, optional, options, recordOf, signal, text } =
  kinds;
const { numberOrMore, partOf, values, whole } = kinds;

const trial = ["number", number] as const;
const numbers = list(number);
const told = { clientId: text };
const client = ["clientId", optional(text)] as const;
const statuses: readonly StudyStatus[] = ["running", "paused", "completed"];

const bigint: kinds.Kind<bigint> = (value, field) =>
  typeof value === "bigint"
    ? undefined
    : refusal("invalid_argument", `${field} must be a bigint, got ${shown(value)}`, { field });
const spaces: { readonly [K in Space["kind"]]: kinds.Kind<Extract<Space, { kind: K }>> } = {
  real: object({ kind: text, min: number, max: number, step: optional(number), log: optional(flag) }),
  integer: object({ kind: text, min: bigint, max: bigint, step: optional(bigint), log: optional(flag) }),
  categorical: object({ kind: text, choices: list(anything) }),
  vector: object({ kind: text, dimensions: whole, sphere: flag, min: number, max: number }),
  conditional: (value, field) => branching(value, field),
};
const ofSomeKind = partOf<{ kind: Space["kind"] }>({ kind: oneOf(Object.keys(spaces) as Space["kind"][]) });
const space: kinds.Kind<Space> = (value, field) =>
  ofSomeKind(value, field) ?? (spaces[(value as Space).kind] as kinds.Kind<Space>)(value, field);
const branching = object<Extract<Space, { kind: "conditional" }>>({
  kind: text,
  branches: recordOf(recordOf(space)),
  toValue: callable,
  fromValue: optional(callable),
});

/** What the arguments of `hypervolume` are. */
export const volumeArguments = [
  ["losses", list(numbers)],
  ["reference", numbers],
] as const;

/** What the arguments of `createStudy` are. */
export const creationArguments = [
  [
    "options",
    object<StudyOptions>({
      space: recordOf(space),
      objectives: optional(list(object<Objective>({ metric: text, direction: optional(oneOf(objectiveDirections)) }))),
      sampler: optional(having("suggest")),
      pruner: optional(having("shouldPrune")),
      seed: anything,
      parallelism: optional(number),
      maxTrials: optional(number),
      maxRetries: optional(number),
      isAllowed: optional(callable),
    }),
  ],
  ["events", kinds.iterable],
] as const;

/** What the arguments are of a study's methods that throw. */
export const studyArguments: kinds.CallArguments<
  Omit<Study, "state" | "events" | "trials" | "best" | "paretoFront" | "optimize">
> = {
  ask: [client],
  askMany: [["count", number], client],
  tell: [trial, ["values", numberOrMore], ["options", options({ ...told, metrics: recordOf(number) })]],
  report: [trial, ["step", number], ["value", number], ["options", options(told)]],
  prune: [trial, ["options", options(told)]],
  fail: [trial, ["options", options({ ...told, cause: text, retry: flag })]],
  enqueue: [["parameters", values]],
  releaseClient: [["clientId", text]],
  changeSpace: [
    ["parameters", recordOf(space)],
    ["removed", optional(list(text))],
  ],
  update: [
    [
      "changes",
      object<StudyChanges>({
        status: optional(oneOf(statuses)),
        parallelism: optional(number),
        maxTrials: optional(number),
      }),
    ],
  ],
};

/** What the arguments of `optimize` are. */
export const runningArguments = [
  ["objective", callable],
  [
    "options",
    object<OptimizeOptions>({
      trials: number,
      parallel: optional(number),
      signal: optional(signal),
      onTrial: optional(callable),
      keepGoing: optional(flag),
    }),
  ],
] as const;
