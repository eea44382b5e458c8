import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import type { Commit, Store } from "@trimtab/core";
import { type CommitLog, createMemoryLog } from "@trimtab/log";
import type { Settings } from "../../src/settings.ts";
import { startServer } from "../../src/start-server.ts";

/** What can be asked of a server that is watched from inside. */
export type ProbeQuestion =
  /** How it is; then the sessions that tests need are there again, as they were. */
  | { readonly kind: "check" }
  /** How much memory is in use once every session is gone and the garbage is collected. */
  | { readonly kind: "empty" };

/** How a server is. */
export interface ProbeAnswer {
  /** Commits that its log has taken since it started, before it was put in order again. */
  readonly commits: number;
  /** The same once it is in order. */
  readonly commitsAfter: number;
  /** Faults that it would have told its operator. */
  readonly faults: readonly string[];
  /** Time that it has spent computing, in milliseconds, before it was put in order again. */
  readonly busyMs: number;
  readonly busyAfterMs: number;
  readonly heapBytes: number;
  /** Connections that are open, this one's own channel not counted. */
  readonly sockets: number;
}

const settings: Partial<Settings> = JSON.parse(process.argv[2] ?? "{}");
const faults: string[] = [];
let commits = 0;
const server = await startServer(
  // Sessions that were created to end soon are not ended meanwhile, which would be counted as a change that a call made.
  {
    listen: { host: "127.0.0.1", port: 0 },
    log: "memory",
    shutdownGraceMs: 1000,
    sweepIntervalMs: 2 ** 31 - 1,
    ...settings,
  },
  { store: { log: counting(createMemoryLog<Commit>()), shared: false }, onError: (error) => faults.push(tell(error)) },
);
const { store } = server;
await putInOrder();
process.on("message", async (question: ProbeQuestion) => process.send?.(await answer(question)));
process.send?.({ url: server.url });

async function answer({ kind }: ProbeQuestion): Promise<ProbeAnswer> {
  const before = { commits, busyMs: busyMs(), faults: faults.splice(0) };
  if (kind === "check") await putInOrder();
  else await empty();
  const sockets = process.getActiveResourcesInfo().filter((name) => name === "TCPSocketWrap").length;
  const { heapUsed: heapBytes } = process.memoryUsage();
  return { ...before, commitsAfter: commits, busyAfterMs: busyMs(), heapBytes, sockets };
}

/** Counts every commit that is appended. */
function counting(log: CommitLog<Commit>): CommitLog<Commit> {
  return {
    ...log,
    append(stream, after, entries) {
      commits += entries.length;
      return log.append(stream, after, entries);
    },
  };
}

/** Two sessions, one with something of everything; further ones must not pile up. */
async function putInOrder(): Promise<void> {
  const { items } = await store.listSessions({ pageSize: 1000 });
  const strangers = items.filter(({ id }) => id !== "s" && id !== "t");
  if (strangers.length > 20) for (const { id } of strangers) await store.deleteSession(id);
  if (!items.some(({ id }) => id === "t")) await prepareOther(store);
  const found = await store.listVariables("s", { pageSize: 1000 }).catch(() => undefined);
  const names = new Set(found?.items.map(({ name }) => name));
  if (names.size < 40 && ["temperature", "prompt", "model", "twice"].every((name) => names.has(name))) return;
  await store.deleteSession("s", { allowMissing: true });
  await prepare(store);
}

async function prepareOther(store: Store): Promise<void> {
  await store.createSession({ id: "t" });
  await store.registerVariable("t", { name: "other", type: "float", value: 1 });
}

async function prepare(store: Store): Promise<void> {
  await store.createSession({ id: "s" });
  await store.registerVariables("s", [
    { name: "temperature", type: "float", value: 0.7, constraints: { min: 0, max: 2 } },
    { name: "prompt", type: "string", value: "Grüße" },
    { name: "model", type: "choice", value: "gpt-4", constraints: { choices: ["gpt-4", "claude-3"] } },
    { name: "weights", type: "embedding", value: [1, 0], constraints: { dimensions: 2 } },
    { name: "twice", type: "float", derivation: { kind: "expression", expression: "temperature * 2.0" } },
  ]);
  await store.setVariable("s", "temperature", 1);
  await store.putRule("s", { name: "small", expression: "twice < 50.0" });
  await store.setLabel("s", "production");
  await store.putConfigurationSpace("s", { name: "wide", variables: ["temperature"] });
  await store.putProgram("s", "p", { text: "answer" });
}

async function empty(): Promise<void> {
  for (let page = await store.listSessions({ pageSize: 1000 }); page.items.length > 0; ) {
    for (const { id } of page.items) await store.deleteSession(id);
    page = await store.listSessions({ pageSize: 1000 });
  }
  await store.sweep();
  await store.sweep();
  setFlagsFromString("--expose-gc");
  const collect: () => void = runInNewContext("gc");
  for (let round = 0; round < 3; round++) {
    await new Promise((resolve) => setImmediate(resolve));
    collect();
  }
}

function busyMs(): number {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1000;
}

function tell(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  return `${error.stack} ${error.cause instanceof Error ? `because ${error.cause.stack}` : ""}`;
}
