import { type ChildProcess, spawn } from "node:child_process";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import type { Space, Value, ValueRecord } from "@trimtab/core";
import type { SearchSpace } from "@trimtab/optimize";
import type { TestFunction } from "./test-functions.ts";

/** Optuna in a Python process of its own, which suggests points that are evaluated here. */
export interface OptunaPeer {
  /** Optuna's version. */
  readonly version: string;
  /** Runs a study and gives the values of its trials, in order. */
  run(job: PeerJob): Promise<PeerRun>;
  close(): void;
}

/** A study to run. */
export interface PeerJob {
  readonly function: TestFunction;
  readonly sampler: string;
  /** Arguments of the sampler. */
  readonly options: Readonly<Record<string, unknown>>;
  readonly objectives: number;
  readonly seed: number;
  readonly trials: number;
}

/** What came of a study. */
export interface PeerRun {
  readonly values: readonly (readonly number[])[];
  /** What asking and telling took in all, in microseconds. */
  readonly micros: number;
}

// Python's own file is not compiled, so it is found beside the sources.
const script = fileURLToPath(new URL("../../src/optimize/optuna_peer.py", import.meta.url));

/** Starts the peer with Debian's Python, which has Debian's Optuna; `undefined` where either is missing. */
export async function startOptunaPeer(): Promise<OptunaPeer | undefined> {
  const child = spawn("/usr/bin/python3", [script], { stdio: ["pipe", "pipe", "ignore"] });
  child.on("error", () => undefined);
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
  const hello = await lines.next();
  if (hello.done) return undefined;
  const receive = async () => JSON.parse((await lines.next()).value ?? "null") as Reply | null;
  return {
    version: (JSON.parse(hello.value) as { version: string }).version,
    run: (job) => runJob(child, receive, job),
    close: () => child.kill(),
  };
}

interface Reply {
  readonly parameters?: Readonly<Record<string, number | string>>;
  readonly micros?: number;
}

async function runJob(child: ChildProcess, receive: () => Promise<Reply | null>, job: PeerJob): Promise<PeerRun> {
  const send = (message: unknown) => child.stdin?.write(`${JSON.stringify(message)}\n`);
  const { sampler, options, seed, trials, objectives } = job;
  const directions = Array.from({ length: objectives }, () => "minimize");
  send({ sampler, options, seed, trials, directions, space: toPeerSpace(job.function.space) });
  const values: (readonly number[])[] = [];
  while (true) {
    const reply = await receive();
    if (reply?.micros !== undefined) return { values, micros: reply.micros };
    if (reply?.parameters === undefined) throw new Error("Optuna has ended early");
    const told = job.function.evaluate(nest(job.function.space, reply.parameters));
    values.push(told);
    send({ values: told });
  }
}

/** The space in Optuna's terms: flat names, choices whose branches bring more. */
function toPeerSpace(space: SearchSpace, prefix = ""): readonly unknown[] {
  return Object.entries(space).map(([key, each]) => {
    const name = prefix + key;
    switch (each.kind) {
      case "real":
        return { name, kind: "real", min: each.min, max: each.max, log: each.log === true };
      case "integer":
        return {
          name,
          kind: "integer",
          min: Number(each.min),
          max: Number(each.max),
          step: Number(each.step ?? 1),
          log: each.log === true,
        };
      case "categorical": {
        const branches = each.choices.map((choice) => [String(choice), []]);
        return { name, kind: "choice", branches: Object.fromEntries(branches) };
      }
      case "conditional": {
        const branches = Object.entries(each.branches).map(([branch, nested]) => [
          branch,
          toPeerSpace(nested, `${name}.${branch}.`),
        ]);
        return { name, kind: "choice", branches: Object.fromEntries(branches) };
      }
      default:
        throw new Error(`${name}: the benchmark has no ${each.kind} parameters`);
    }
  });
}

/** Optuna's flat parameters as values of the space. */
function nest(space: SearchSpace, flat: Readonly<Record<string, number | string>>, prefix = ""): ValueRecord {
  const read = (name: string, each: Space): Value => {
    const value = flat[name] ?? null;
    if (each.kind !== "conditional") return value;
    const branch = String(value);
    return each.toValue(branch, nest(each.branches[branch] ?? {}, flat, `${name}.${branch}.`));
  };
  return Object.fromEntries(Object.entries(space).map(([key, each]) => [key, read(prefix + key, each)]));
}
