import { VariableService } from "@trimtab/wire/services";
import { type Goal, type Measured, ratioGoal } from "../goals.ts";
import { type Contestant, contest, type Effort, figureOf, formatContest, type Result } from "./contest.ts";
import { type Request, runH2load } from "./h2load.ts";
import { preparePostgres, runPgbench, runRedisBenchmark } from "./native-loads.ts";
import { findPeer, startPeer } from "./peers.ts";
import type { Running } from "./processes.ts";
import { callOf, type Dialect, etcdCall, fill, session, variableAt } from "./requests.ts";
import { startTrimtab } from "./servers.ts";

/** Writes that are on disk before they are answered, beside those of etcd, PostgreSQL and Redis, each under its own load. */
export async function benchDurableWrites(effort: Effort): Promise<Measured> {
  const trimtab = await startTrimtab("sqlite");
  const peers = await startPeers();
  try {
    await fill(trimtab, 100);
    const single: Contestant[] = [write(trimtab, "gRPC"), write(trimtab, "Connect"), ...(await peerWrites(peers))];
    const tens: Contestant[] = [
      { ...batch(trimtab, "gRPC"), weight: 10 },
      { ...batch(trimtab, "Connect"), weight: 10 },
      ...(peers.redis === undefined ? [] : [redisSet(peers.redis)]),
    ];
    const [singles, batches] = [await contest(single, effort), await contest(tens, effort)];
    return {
      tables: [formatContest(singles, "durable writes"), formatContest(batches, "values, in batches of 10")].join("\n"),
      goals: goalsOf(singles, batches),
    };
  } finally {
    await Promise.all([trimtab.stop(), ...Object.values(peers).map((peer) => peer?.stop())]);
  }
}

function goalsOf(singles: readonly Result[], batches: readonly Result[]): Goal[] {
  const [single, batch] = [figureOf(singles), figureOf(batches)];
  const [own, etcd, postgres] = ["Trimtab, gRPC", "etcd put", "PostgreSQL insert"];
  const among = [16, 64, 256].flatMap((at) => [
    ratioGoal(`durable writes/s, ${at} at once, to etcd's`, [single(own, at), single(etcd, at)], { atLeast: 2 }),
    ratioGoal(`durable writes/s, ${at} at once, to PostgreSQL's`, [single(own, at), single(postgres, at)], {
      atLeast: 1,
    }),
  ]);
  const alone = (peer: string) => [single(own, 1, "p50"), single(peer, 1, "p50")] as const;
  return [
    ...among,
    ratioGoal("p50 of a lone durable write, to etcd's", alone(etcd), { atMost: 1 }),
    ratioGoal("p50 of a lone durable write, to PostgreSQL's", alone(postgres), { atMost: 1.5 }),
    ratioGoal("values/s in batches of 10, 64 at once, to Redis's", [batch(own, 64), batch(redisName, 64)], {
      atLeast: 1,
    }),
  ];
}

const redisName = "Redis set, appendfsync always";

const startPeers = async () => ({
  etcd: await startPeer("etcd"),
  postgres: await startPeer("postgresql"),
  redis: await startPeer("redis"),
});

const number = (value: number) => ({ kind: { case: "number" as const, value } });

const write = (server: Running, dialect: Dialect): Contestant => {
  const message = { sessionId: session, variable: variableAt(0), value: number(0.7) };
  return load(`Trimtab, ${dialect}`, server, callOf(server, VariableService.method.setVariable, { dialect, message }));
};

const batch = (server: Running, dialect: Dialect): Contestant => {
  const updates = Array.from({ length: 10 }, (_, index) => ({ variable: variableAt(index), value: number(0.7) }));
  const message = { sessionId: session, updates };
  return load(
    `Trimtab, ${dialect}`,
    server,
    callOf(server, VariableService.method.batchSetVariables, { dialect, message }),
  );
};

const load = (name: string, server: Running, request: Request): Contestant => ({
  name,
  server,
  run: (concurrency, seconds) => runH2load(request, concurrency, seconds),
});

const value = "x".repeat(200);

async function peerWrites({ etcd, postgres, redis }: Awaited<ReturnType<typeof startPeers>>): Promise<Contestant[]> {
  const contestants: Contestant[] = [];
  if (etcd !== undefined) {
    const put = etcdCall(etcd, "Put", [
      [1, Buffer.from("temperature")],
      [2, Buffer.from(value)],
    ]);
    contestants.push(load("etcd put", etcd, put));
  }
  const bin = findPeer("postgresql");
  if (postgres !== undefined && bin !== undefined) {
    const at = { bin, port: postgres.port };
    await preparePostgres(
      at,
      `CREATE TABLE entry (id bigserial PRIMARY KEY, data text);
      CREATE TABLE variable (id int PRIMARY KEY, version bigint, data text);
      INSERT INTO variable SELECT id, 0, '' FROM generate_series(1, 1000) AS id`,
    );
    const insert = `INSERT INTO entry (data) VALUES ('${value}');`;
    // Each client has variables of its own, so that nobody waits for a row.
    const update = `\\set id 1 + :client_id
UPDATE variable SET version = version + 1, data = '${value}' WHERE id = :id;`;
    const run =
      (sql: string): Contestant["run"] =>
      (concurrency, seconds) =>
        runPgbench(at, sql, { concurrency, seconds });
    contestants.push(
      { name: "PostgreSQL insert", server: postgres, run: run(insert) },
      { name: "PostgreSQL update by key", server: postgres, run: run(update) },
    );
  }
  return redis === undefined ? contestants : [...contestants, redisSet(redis)];
}

const redisSet = (redis: Running): Contestant => ({
  name: redisName,
  server: redis,
  run: (concurrency, seconds) => runRedisBenchmark(redis.port, concurrency, seconds),
});
