import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { readdirSync, readFileSync } from "node:fs";
import * as net from "node:net";
import { setTimeout as delay } from "node:timers/promises";

/** A program under measurement, in a process of its own with whatever processes it starts. */
export interface Running {
  readonly name: string;
  readonly port: number;
  /** Processor time that it has used so far, in microseconds; `NaN` where the system does not tell. */
  cpuMicros(): number;
  /** Memory that it holds, in bytes; `NaN` where the system does not tell. */
  residentBytes(): number;
  /** The most memory that it has held, in bytes; `NaN` where the system does not tell. */
  peakBytes(): number;
  stop(): Promise<void>;
}

/** How a program is started. */
export interface Program {
  readonly name: string;
  readonly command: string;
  readonly args: readonly string[];
  readonly port: number;
  readonly env?: NodeJS.ProcessEnv;
  readonly user?: { readonly uid: number; readonly gid: number };
  readonly cwd?: string;
}

/** Starts a program and waits until its port takes connections; rejects with what it printed where it ends first. */
export async function startProgram({ name, command, args, port, env, user, cwd }: Program): Promise<Running> {
  const child = spawn(command, args, {
    stdio: ["ignore", "pipe", "pipe"],
    env: { ...process.env, ...env },
    ...user,
    ...(cwd !== undefined && { cwd }),
  });
  let printed = "";
  for (const output of [child.stdout, child.stderr]) {
    output.on("data", (chunk: Buffer) => {
      printed = (printed + chunk.toString()).slice(-4000);
    });
  }
  child.on("error", (error) => {
    printed += String(error);
  });
  while (!(await isOpen(port))) {
    if (child.exitCode !== null || child.pid === undefined) throw new Error(`${name} did not start: ${printed}`);
    await delay(20);
  }
  const { pid = 0 } = child;
  return {
    name,
    port,
    cpuMicros: () => sumOver(pid, cpuMicrosOf),
    residentBytes: () => sumOver(pid, residentBytesOf),
    peakBytes: () => sumOver(pid, peakBytesOf),
    stop: () => stop(child),
  };
}

async function stop(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const exited = once(child, "exit");
  child.kill("SIGTERM");
  const timer = setTimeout(() => child.kill("SIGKILL"), 10_000);
  await exited;
  clearTimeout(timer);
}

const isOpen = (port: number): Promise<boolean> =>
  new Promise((resolve) => {
    const socket = net.connect(port, "127.0.0.1");
    socket.once("connect", () => {
      socket.destroy();
      resolve(true);
    });
    socket.once("error", () => resolve(false));
  });

/** A port that nobody listens on now. */
export async function freePort(): Promise<number> {
  const server = net.createServer().listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address() as net.AddressInfo;
  server.close();
  await once(server, "close");
  return port;
}

/** Clock ticks in a second, as Linux shows processor time. */
const ticksPerSecond = 100;

function cpuMicrosOf(pid: number): number {
  // Its own in user and system mode, and the same of its children that have ended.
  const ticks = statOf(pid).slice(11, 15).map(Number);
  return (ticks.reduce((sum, each) => sum + each, 0) * 1e6) / ticksPerSecond;
}

const pageBytes = 4096;
const residentBytesOf = (pid: number): number => Number(statOf(pid)[21]) * pageBytes;

function peakBytesOf(pid: number): number {
  const kib = /VmHWM:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, "utf8"))?.[1];
  return Number(kib) * 1024;
}

/** What `/proc` tells of a process after its name, which may hold anything. */
function statOf(pid: number): string[] {
  const text = readFileSync(`/proc/${pid}/stat`, "utf8");
  return text.slice(text.lastIndexOf(")") + 2).split(" ");
}

/** Adds up what there is to measure of a process and all below it; not a number where the process itself is gone. */
function sumOver(root: number, measure: (pid: number) => number): number {
  const measured = familyOf(root).map((pid) => {
    try {
      return measure(pid);
    } catch {
      // One that has ended meanwhile leaves its processor time with its parent.
      return pid === root ? Number.NaN : 0;
    }
  });
  return measured.reduce((sum, each) => sum + each, 0);
}

/** A process and all below it. */
function familyOf(root: number): number[] {
  const parents = new Map<number, number>();
  for (const entry of readdirSync("/proc")) {
    if (!/^\d+$/.test(entry)) continue;
    try {
      parents.set(Number(entry), Number(statOf(Number(entry))[1]));
    } catch {
      // It has ended meanwhile.
    }
  }
  const family = [root];
  for (const pid of family) for (const [child, parent] of parents) if (parent === pid) family.push(child);
  return family;
}
