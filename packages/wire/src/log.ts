export { decodeCheckpoint, decodeCommit, encodeCheckpoint, encodeCommit } from "./stored/stored-commit.ts";
