// Loaded before a program (`--import`), into each of its threads: the log's reading thread ends by itself, as one that ran out of
// memory does, in the middle of the first hash of large data that it works out.
import crypto, { type BinaryLike, hash } from "node:crypto";
import { syncBuiltinESMExports } from "node:module";
import { threadName } from "node:worker_threads";

/** Small data and texts are hashed by what loads modules as well. */
const isLarge = (data: BinaryLike) => typeof data !== "string" && data.byteLength >= 1 << 16;

if (threadName === "trimtab-log-reader") {
  const original = hash;
  Object.assign(crypto, {
    hash(...[algorithm, data, encoding]: Parameters<typeof hash>) {
      return isLarge(data) ? process.exit(1) : original(algorithm, data, encoding);
    },
  });
  syncBuiltinESMExports();
}
