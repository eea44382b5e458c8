import type { Commit } from "@trimtab/core";
import { createMemoryLog } from "@trimtab/log";
import { startServer } from "../../src/start-server.ts";

/** A server whose log fails in a way that no caller is told of, for tests that read what it writes to standard error. */
const log = {
  ...createMemoryLog<Commit>(),
  read: () => {
    throw new Error("a fault of the log");
  },
};
const server = await startServer(
  { listen: { host: "127.0.0.1", port: 0 }, log: "memory", logLevel: "error", traceEndpoint: "http://127.0.0.1:9/" },
  { store: { log, shared: false } },
);
console.log(server.url);
