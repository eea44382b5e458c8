import { fork } from "node:child_process";
import { once } from "node:events";
import { VariableService, WatchService } from "@trimtab/wire/services";
import { type Goal, type Measured, ratioGoal } from "../goals.ts";
import { scriptBeside } from "../script-beside.ts";
import { type Contestant, contest, type Effort, figureOf, formatContest, type Result } from "./contest.ts";
import { type Http2Fanout, toHttp2 } from "./fanout.ts";
import type { FanoutAnswer, FanoutOrder, Wired } from "./fanout-load.ts";
import type { Load } from "./load.ts";
import { startPeer } from "./peers.ts";
import type { Running } from "./processes.ts";
import { callOf, type Dialect, etcdCall, etcdWatch, fill, inEnvelope, session, variableAt } from "./requests.ts";
import { startBareServer, startTrimtab } from "./servers.ts";

/** As large as a change of a small variable. */
const eventBytes = 160;

/** Changes told to many watchers, beside bare streams of HTTP/2, Redis and NATS (which keep nothing) and etcd (which does). */
export async function benchWatches(effort: Effort, inFlight: number): Promise<Measured> {
  const loader = openLoader();
  const [bare, memory, disk] = [await startBareServer(), await startTrimtab("memory"), await startTrimtab("sqlite")];
  const peers = { redis: await startPeer("redis"), nats: await startPeer("nats"), etcd: await startPeer("etcd") };
  try {
    await fill(memory, 10);
    await fill(disk, 10);
    const entry = (name: string, server: Running, how: FanoutOrder["how"]): Contestant => ({
      name,
      server,
      run: (watchers, seconds) => loader.run({ name, how, watchers, inFlight, seconds }),
    });
    const trimtab = (server: Running, dialect: Dialect) =>
      entry(`${server.name}, ${dialect}`, server, { kind: "http2", options: trimtabFanout(server, dialect) });
    const contestants = [
      entry(bareName, bare, { kind: "http2", options: bareFanout(bare) }),
      ...dialects.map((dialect) => trimtab(memory, dialect)),
      trimtab(disk, "gRPC"),
    ];
    if (peers.redis !== undefined)
      contestants.push(entry(redisName, peers.redis, { kind: "lines", options: redisFanout(peers.redis) }));
    if (peers.nats !== undefined)
      contestants.push(entry("NATS pub/sub", peers.nats, { kind: "lines", options: natsFanout(peers.nats) }));
    if (peers.etcd !== undefined)
      contestants.push(entry("etcd watch", peers.etcd, { kind: "http2", options: etcdFanout(peers.etcd) }));
    const results = await contest(contestants, effort);
    const what = inFlight === 1 ? "deliveries, one change at a time" : `deliveries, ${inFlight} changes at once`;
    return { tables: formatContest(results, what, "watchers"), goals: inFlight === 1 ? goalsOf(results) : [] };
  } finally {
    loader.close();
    await Promise.all([bare, memory, disk, ...Object.values(peers)].map((server) => server?.stop()));
  }
}

const bareName = "bare streams of node:http2";
const redisName = "Redis pub/sub";

function goalsOf(results: readonly Result[]): Goal[] {
  const figure = figureOf(results);
  const nameOf = (dialect: Dialect) => `Trimtab, memory, ${dialect}`;
  const toBare = [100, 1000].flatMap((watchers) =>
    dialects.map((dialect) =>
      ratioGoal(
        `deliveries/s to ${watchers} watchers by ${dialect}, to bare streams`,
        [figure(nameOf(dialect), watchers), figure(bareName, watchers)],
        { atLeast: 0.6 },
      ),
    ),
  );
  const toPeers = [redisName, "NATS pub/sub", "etcd watch"].map((peer) =>
    ratioGoal(`deliveries/s to 1000 watchers by gRPC, to ${peer}`, [figure(nameOf("gRPC"), 1000), figure(peer, 1000)], {
      atLeast: 2,
    }),
  );
  const p99 = [figure(nameOf("gRPC"), 1000, "p99"), figure(redisName, 1000, "p99")] as const;
  return [
    ...toBare,
    ...toPeers,
    ratioGoal("p99 from write to the last of 1000 watchers by gRPC, to Redis's", p99, { atMost: 1 }),
  ];
}

/** A process that watches and publishes. */
export interface Loader {
  run(order: FanoutOrder): Promise<Load>;
  close(): void;
}

/** Starts a process that watches and publishes. */
export function openLoader(): Loader {
  const script = scriptBeside(import.meta.url, "fanout-load");
  const child = fork(script, { serialization: "advanced" });
  return {
    async run(order) {
      const patience = AbortSignal.timeout(order.seconds * 1000 + patienceMs);
      const answered = once(child, "message", { signal: patience });
      child.send(order);
      const [answer] = (await answered) as [FanoutAnswer];
      if ("failure" in answer) throw new Error(`${order.name}: ${answer.failure}`);
      return answer.load;
    },
    close: () => void child.kill(),
  };
}

/** Beyond the time that it was given, how long a load may take to come to its end. */
const patienceMs = 60_000;

/** Each dialect has a variable of its own, so that its changes concern its watchers alone. */
const dialects: readonly Dialect[] = ["Connect", "gRPC", "gRPC-web"];

/** How changes of a variable of a Trimtab server are watched and made. */
export function trimtabFanout(server: Running, dialect: Dialect): Http2Fanout {
  const variable = variableAt(dialects.indexOf(dialect));
  const selection = { sessionId: session, variables: [variable] };
  const value = { kind: { case: "number" as const, value: 0.7 } };
  const change = { sessionId: session, variable, value };
  return {
    port: server.port,
    watch: toHttp2(callOf(server, WatchService.method.watchVariables, { dialect, message: selection })),
    publish: toHttp2(callOf(server, VariableService.method.setVariable, { dialect: "gRPC", message: change })),
    greetings: 1,
  };
}

const bareFanout = ({ port }: Running): Http2Fanout => ({
  port,
  watch: { path: "/watch", contentType: "application/proto", body: new Uint8Array() },
  publish: { path: "/publish", contentType: "application/proto", body: inEnvelope(Buffer.alloc(eventBytes, "x")) },
  greetings: 0,
});

const etcdKey = Buffer.from("temperature");

const etcdFanout = (server: Running): Http2Fanout => ({
  port: server.port,
  watch: { ...toHttp2(etcdWatch(server, etcdKey)), isOpenEnded: true },
  publish: toHttp2(
    etcdCall(server, "Put", [
      [1, etcdKey],
      [2, Buffer.alloc(100, "x")],
    ]),
  ),
  greetings: 1,
});

const payload = "x".repeat(eventBytes);

/** Redis's protocol: arrays of strings, each with its length before it. */
function redisFanout({ port }: Running): Wired {
  const command = (...words: string[]) =>
    [`*${words.length}`, ...words.flatMap((word) => [`$${word.length}`, word]), ""].join("\r\n");
  const delivery = command("message", "bench", payload);
  return {
    port,
    subscribe: command("SUBSCRIBE", "bench"),
    greetingEnds: ":1\r\n",
    publish: command("PUBLISH", "bench", payload),
    deliveryBytes: delivery.length,
  };
}

/** NATS's protocol; a ping whose answer shows that the subscription is there. */
const natsFanout = ({ port }: Running): Wired => ({
  port,
  subscribe: 'CONNECT {"verbose":false}\r\nSUB bench 1\r\nPING\r\n',
  greetingEnds: "PONG\r\n",
  publish: `PUB bench ${payload.length}\r\n${payload}\r\n`,
  deliveryBytes: `MSG bench 1 ${payload.length}\r\n${payload}\r\n`.length,
});
