export { decodeCheckpoint, decodeCommit, encodeCheckpoint, encodeCommit } from "./stored/stored-commit.ts";
export { decodeSummary, encodeSummary } from "./stored/stored-summary.ts";
