export { type CommitNote, noteOfCommit } from "./stored/commit-note.ts";
export {
  decodeCheckpoint,
  decodeCommit,
  encodeCheckpoint,
  encodeCheckpointParts,
  encodeCommit,
  encodeCommitParts,
} from "./stored/stored-commit.ts";
export { decodeSummary, encodeSummary } from "./stored/stored-summary.ts";
