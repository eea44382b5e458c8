import { type Declarations, declarationsKind, kinds } from "@trimtab/core";
import type { StudiesOptions } from "./create-studies.ts";
import type { AttachOptions, LiveStudy } from "./live-study.ts";
import type { StudyOptions } from "./open-study.ts";
import type { RunOptions } from "./run-study.ts";

const { absentable, anything, callable, filled, flag, having, interval, list, number, numberOrMore } = kinds;
const { object, optional, options, record, recordOf, signal, text, values } = kinds;

const sampler = having("suggest");
const pruner = having("shouldPrune");
const ground = {
  store: having("getSession", "getVariables", "setVariables"),
  log: having("append", "read"),
  types: having("get"),
};

/** What the arguments of `createStudies` are. */
export const creationArguments = [
  [
    "options",
    object<StudiesOptions>({
      ...ground,
      ...absentable({
        snapshots: having("load", "save"),
        samplers: list(sampler),
        pruners: list(pruner),
        fitKernel: callable,
        shared: flag,
        now: callable,
        bookmarkIntervalMs: interval,
        limits: record,
        onDamage: callable,
      }),
    }),
  ],
] as const;

/** What the arguments of `openStudy` are. */
export const openingArguments = [
  [
    "options",
    object<StudyOptions>({
      ...ground,
      session: filled,
      id: filled,
      variables: list(filled),
      ...absentable({
        objectives: list(record),
        sampler,
        pruner,
        now: callable,
        parallelism: number,
        maxTrials: number,
        maxRetries: number,
        trialTtlMs: number,
        seed: number,
      }),
    }),
  ],
] as const;

/** What the arguments of `attachStudy` are. */
export const attachingArguments = [
  [
    "options",
    object<AttachOptions>({
      studies: having("askTrials", "tellTrial"),
      store: having("getSession", "forkSession"),
      session: filled,
      id: filled,
    }),
  ],
] as const;

const trial = ["number", number] as const;
const speaker = { clientId: filled };
const speaking = ["options", options(speaker)] as const;
const parameters = ["parameters", recordOf(anything)] as const;
const client = ["clientId", optional(filled)] as const;
const output: kinds.Kind<boolean | { write(text: string): unknown }> = (value, field) =>
  typeof value === "boolean" ? undefined : having("write")(value, field);

/** What the arguments are of the methods of a study that is worked on. */
export const liveArguments: kinds.CallArguments<Omit<LiveStudy, "optimize">> = {
  info: [],
  trials: [],
  trial: [trial],
  best: [],
  paretoFront: [],
  ask: [client],
  propose: [parameters, client],
  tell: [trial, ["values", numberOrMore], ["options", options({ ...speaker, metrics: recordOf(number) })]],
  report: [trial, ["step", number], ["value", number], speaking],
  renew: [trial, speaking],
  prune: [trial, speaking],
  fail: [trial, ["options", options({ ...speaker, cause: text, retry: flag })]],
  enqueue: [parameters],
  changeBounds: [
    ["name", filled],
    ["constraints", values],
  ],
  openOverlay: [trial],
  closeOverlay: [trial],
  apply: [["number", optional(number)]],
  rollback: [],
};

/** What the arguments of `optimize` are. */
export const runningArguments = [
  ["objective", callable],
  [
    "options",
    object<RunOptions & { readonly variables?: Declarations }>({
      trials: number,
      parallel: optional(number),
      overlays: optional(flag),
      signal: optional(signal),
      onTrial: optional(callable),
      keepGoing: optional(flag),
      progress: optional(output),
      variables: optional(declarationsKind),
    }),
  ],
] as const;
