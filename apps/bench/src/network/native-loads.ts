import { execFile } from "node:child_process";
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { type Load, summarise } from "./load.ts";

const run = promisify(execFile);

/** Sets a key of 200 bytes with Redis's own load generator, each of the clients over a connection of its own. */
export async function runRedisBenchmark(port: number, concurrency: number, seconds: number): Promise<Load> {
  const count = async (requests: number) => {
    const args = [
      "-p",
      String(port),
      "-c",
      String(concurrency),
      "-n",
      String(requests),
      "-d",
      "200",
      "-t",
      "set",
      "--csv",
    ];
    const { stdout } = await run("redis-benchmark", args);
    const [, perSecond = 0, , , p50 = 0, p95 = 0, p99 = 0] = (stdout.trimEnd().split("\n").at(-1) ?? "")
      .split(",")
      .map((cell) => Number(cell.replaceAll('"', "")));
    return { operations: requests, perSecond, p50, p95, p99 };
  };
  // It counts requests and not seconds.
  const { perSecond } = await count(concurrency * 50);
  return count(Math.max(concurrency, Math.round(perSecond * seconds)));
}

/** Runs a transaction of PostgreSQL with its own load generator, each of the clients over a connection of its own. */
export async function runPgbench(
  { bin, port }: { bin: string; port: number },
  sql: string,
  { concurrency, seconds }: { concurrency: number; seconds: number },
): Promise<Load> {
  const folder = mkdtempSync(join(tmpdir(), "trimtab-pgbench-"));
  const script = join(folder, "script.sql");
  writeFileSync(script, sql);
  const target = ["-h", "127.0.0.1", "-p", String(port), "-U", "bench", "postgres"];
  const load = [
    "-n",
    "-M",
    "prepared",
    "-c",
    String(concurrency),
    "-j",
    "1",
    "-T",
    String(Math.ceil(seconds)),
    "-f",
    script,
  ];
  try {
    await run(join(bin, "pgbench"), [...load, "-l", "--log-prefix", join(folder, "log"), ...target]);
    const logs = readdirSync(folder).filter((name) => name.startsWith("log"));
    const lines = logs.flatMap((name) => readFileSync(join(folder, name), "utf8").trimEnd().split("\n"));
    // Client, number, how long it took in microseconds, and more.
    return summarise(
      lines.map((line) => Number(line.split(" ")[2]) / 1000),
      Math.ceil(seconds),
    );
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** Creates what the transactions write to. */
export async function preparePostgres({ bin, port }: { bin: string; port: number }, sql: string): Promise<void> {
  await run(join(bin, "psql"), [
    "-q",
    "-h",
    "127.0.0.1",
    "-p",
    String(port),
    "-U",
    "bench",
    "-d",
    "postgres",
    "-c",
    sql,
  ]);
}
