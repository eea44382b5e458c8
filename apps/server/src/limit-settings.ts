import { defaultLimits, type Limits } from "@trimtab/core";
import { type SettingSpec, setting, whole } from "./setting-spec.ts";

/** A limit of what sessions hold, with the default that every store has. */
const limit = (name: keyof Limits, told: Pick<SettingSpec<number>, "placeholder" | "help">): SettingSpec<number> =>
  setting<number>({ group: "Limits", ...told, schema: whole(1), default: defaultLimits[name] });

/** The settings that limit how much there may be of anything. */
export const limitSettings = {
  maxMessageBytes: setting<number>({
    group: "Limits",
    placeholder: "BYTES",
    help: "Largest message that is read.",
    schema: whole(1024, 2 ** 31 - 1),
    default: 8 * 1024 * 1024,
  }),
  callerRate: setting<number | undefined>({
    group: "Limits",
    placeholder: "N",
    help: "Calls a second of each caller, 0 for any number; 5000 where callers are asked who they are, else any number.",
    schema: whole(0).optional(),
    default: undefined,
  }),
  callerBurst: setting<number>({
    group: "Limits",
    placeholder: "N",
    help: "Calls that a caller may make at once, beyond the rate.",
    schema: whole(1),
    default: 10_000,
  }),
  callerStreams: setting<number | undefined>({
    group: "Limits",
    placeholder: "N",
    help: "Streams of each caller at a time, 0 for any number; 1000 where callers are asked who they are, else any number.",
    schema: whole(0).optional(),
    default: undefined,
  }),
  sessionRate: setting<number | undefined>({
    group: "Limits",
    placeholder: "N",
    help: "Calls a second of each caller to each session, 0 for any number; 1000 where callers are asked who they are, else any number.",
    schema: whole(0).optional(),
    default: undefined,
  }),
  sessionBurst: setting<number>({
    group: "Limits",
    placeholder: "N",
    help: "Calls to a session that a caller may make at once, beyond the rate.",
    schema: whole(1),
    default: 2000,
  }),
  authFailureRate: setting<number>({
    group: "Limits",
    placeholder: "N",
    help: "Tokens and certificates that are not valid, a second of each address (of IPv6, each /64), 0 for any number.",
    schema: whole(0),
    default: 10,
  }),
  authFailureBurst: setting<number>({
    group: "Limits",
    placeholder: "N",
    help: "Tokens and certificates that are not valid which an address may show at once, beyond the rate.",
    schema: whole(1),
    default: 100,
  }),
  maxSessions: setting<number>({
    group: "Limits",
    placeholder: "N",
    help: "Sessions that may be live at once.",
    schema: whole(1),
    default: 100_000,
  }),
  maxWaitingWrites: setting<number>({
    group: "Limits",
    placeholder: "N",
    help: "Writes that may wait to be stored, of all sessions together; more are refused at once.",
    schema: whole(1),
    default: 10_000,
  }),
  maxMemoryBytes: setting<number | undefined>({
    group: "Limits",
    placeholder: "BYTES",
    help: "Memory above which calls that need more are refused until there is less; nine tenths of what Node's heap may take unless given, and less in a container of less than 512 MiB.",
    schema: whole(1).optional(),
    default: undefined,
  }),
  maxVariables: limit("variablesPerSession", { placeholder: "N", help: "Variables in one session." }),
  maxPrograms: limit("programsPerSession", { placeholder: "N", help: "Programs in one session." }),
  maxRules: limit("rulesPerSession", { placeholder: "N", help: "Rules in one session." }),
  maxSpaces: limit("spacesPerSession", { placeholder: "N", help: "Configuration spaces in one session." }),
  maxLabels: limit("labelsPerSession", { placeholder: "N", help: "Labels in one session." }),
  maxDependencies: limit("dependenciesPerVariable", {
    placeholder: "N",
    help: "Variables that one variable may depend on.",
  }),
  maxDependencyDepth: limit("dependencyDepth", {
    placeholder: "N",
    help: "Dependencies on the longest way from one variable to another.",
  }),
  maxDerivations: limit("derivationsPerCommit", {
    placeholder: "N",
    help: "Derived variables that are computed for one write.",
  }),
  maxBatchItems: limit("batchItems", { placeholder: "N", help: "Variables in one batch." }),
  maxValueBytes: limit("valueBytes", { placeholder: "BYTES", help: "Size of one value." }),
  maxMetadataBytes: limit("metadataBytes", { placeholder: "BYTES", help: "Size of one metadata record." }),
  maxConstraintsBytes: limit("constraintsBytes", { placeholder: "BYTES", help: "Size of one variable's constraints." }),
  maxProgramBytes: limit("programBytes", { placeholder: "BYTES", help: "Size of one program." }),
  maxExpressionLength: limit("expressionLength", {
    placeholder: "N",
    help: "Characters of one expression, description or message.",
  }),
  maxNameLength: limit("nameLength", { placeholder: "N", help: "Characters of a name, an id or an actor." }),
} as const;

/** What a store's limits are where the settings are these. */
export const toLimits = (
  settings: { readonly [K in keyof typeof limitSettings]: (typeof limitSettings)[K]["default"] },
): Limits => ({
  variablesPerSession: settings.maxVariables,
  programsPerSession: settings.maxPrograms,
  rulesPerSession: settings.maxRules,
  spacesPerSession: settings.maxSpaces,
  labelsPerSession: settings.maxLabels,
  dependenciesPerVariable: settings.maxDependencies,
  dependencyDepth: settings.maxDependencyDepth,
  derivationsPerCommit: settings.maxDerivations,
  batchItems: settings.maxBatchItems,
  valueBytes: settings.maxValueBytes,
  metadataBytes: settings.maxMetadataBytes,
  constraintsBytes: settings.maxConstraintsBytes,
  programBytes: settings.maxProgramBytes,
  expressionLength: settings.maxExpressionLength,
  nameLength: settings.maxNameLength,
});
