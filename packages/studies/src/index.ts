export { auditEntriesOf, type StudyEntryPlace } from "./audit-entries.ts";
export { createStudies, type Studies, type StudiesOptions } from "./create-studies.ts";
export { type AttachOptions, attachStudy, type LiveStudy, type Speaker } from "./live-study.ts";
export { openStudy, type StudyOptions } from "./open-study.ts";
export type { DeclaredRunOptions, LiveTrial, RunOptions, TrialFunction } from "./run-study.ts";
export type { ProgressOutput } from "./show-progress.ts";
export { studyCodec, studySnapshotCodec } from "./study-codec.ts";
export type { StudyEntry } from "./study-entry.ts";
export type { StudySnapshot } from "./study-snapshot.ts";
