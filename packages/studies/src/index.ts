export { type LiveStudy, openStudy, type Speaker, type StudyOptions } from "./open-study.ts";
export type { SearchedDeclarations, SearchedValues } from "./read-declared.ts";
export type { DeclaredRunOptions, LiveTrial, RunOptions, TrialFunction } from "./run-study.ts";
export type { ProgressOutput } from "./show-progress.ts";
export { studyCodec } from "./study-codec.ts";
export type { SearchedVariable, StudyEntry, StudyRecord } from "./study-entry.ts";
