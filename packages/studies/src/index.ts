export { type LiveStudy, openStudy, type Speaker, type StudyOptions } from "./open-study.ts";
export type { LiveTrial, RunOptions, TrialFunction } from "./run-study.ts";
export { studyCodec } from "./study-codec.ts";
export type { SearchedVariable, StudyEntry, StudyRecord } from "./study-entry.ts";
