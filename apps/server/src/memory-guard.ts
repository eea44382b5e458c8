import { totalmem } from "node:os";
import { getHeapStatistics, setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import { storeError } from "@trimtab/core";
import { toConnectError } from "@trimtab/transport-connect";

/** What the guard measures by. */
export interface MemoryMeans {
  /** Bytes in use, garbage included. */
  readonly used: () => number;
  /** Frees what is garbage. */
  readonly collect: () => void;
  /** A clock in milliseconds that never jumps. */
  readonly now: () => number;
}

const sampleEveryMs = 100;
const collectEveryMs = 2000;
/** How soon to ask again; by then it was looked at anew. */
const retryAfterMs = 1000;

/** Calls that are answered all the same: reading takes little, deleting gives back, and health must always be told. */
const spared = /^(Get|List|Check|Delete|Touch|Watch$|ServerReflectionInfo)/;

/**
 * Makes the gate that refuses calls which need more memory, with `limit_exceeded`, while there is no more to have. Only
 * calls look, and seldom; what is garbage is collected before it counts against anybody.
 */
export function createMemoryGuard(
  limitBytes: number,
  means: MemoryMeans = processMeans(),
): (call: { readonly method: { readonly name: string } }) => void {
  let sampledAt = Number.NEGATIVE_INFINITY;
  let collectedAt = Number.NEGATIVE_INFINITY;
  let used = 0;

  const look = (): void => {
    const now = means.now();
    if (now - sampledAt < sampleEveryMs) return;
    sampledAt = now;
    used = means.used();
    if (used <= limitBytes || now - collectedAt < collectEveryMs) return;
    collectedAt = now;
    means.collect();
    used = means.used();
  };

  return ({ method }) => {
    look();
    if (used <= limitBytes || spared.test(method.name)) return;
    const details = { field: "memory_bytes", limit: limitBytes, value: used, retryAfterMs };
    const message = `memory_bytes: ${used} are in use, of ${limitBytes} that may be: try again in ${retryAfterMs} ms`;
    throw toConnectError(storeError("limit_exceeded", message, details));
  };
}

/** What the heap may take, and how Node was started. */
export interface HeapMeans {
  /** The limit that V8 tells, in bytes. */
  readonly heapBytes: number;
  /** Memory of the machine, or of the container, in bytes. */
  readonly machineBytes: number;
  /** Flags of Node, those that count more last. */
  readonly flags: readonly string[];
}

/** What a server takes beside its heap and its buffers: code, stacks, SQLite's pages, and what is on its way into sockets. */
const besideBytes = 208 * 2 ** 20;
/** What is left even in the smallest container: about as much is in use while nothing is done. */
const leastBytes = 64 * 2 ** 20;

/** Nine tenths of what the heap may take for what lives on, or of what the machine leaves to it: beyond that the process would end. */
export function defaultMemoryBytes(means: HeapMeans = heapMeans()): number {
  const leftBytes = Math.max(means.machineBytes - besideBytes, leastBytes);
  return Math.floor(0.9 * Math.min(lastingBytes(means), leftBytes));
}

/** Where the size of the old generation was set, V8's limit is more by what the young one may take at most, however small the heap. */
function lastingBytes({ heapBytes, machineBytes, flags }: HeapMeans): number {
  for (const flag of flags.toReversed()) {
    const [, percentage, size = ""] =
      /^--max-old-space-size(-percentage)?=([\d.]+)$/.exec(flag.replaceAll("_", "-")) ?? [];
    const bytes = percentage === undefined ? Number(size) * 2 ** 20 : (Number(size) / 100) * machineBytes;
    if (bytes > 0) return Math.min(heapBytes, bytes);
  }
  return heapBytes;
}

function heapMeans(): HeapMeans {
  const flags = [...(process.env["NODE_OPTIONS"] ?? "").split(/\s+/), ...process.execArgv];
  const machineBytes = Math.min(totalmem(), process.constrainedMemory() || Number.POSITIVE_INFINITY);
  return { heapBytes: getHeapStatistics().heap_size_limit, machineBytes, flags };
}

function processMeans(): MemoryMeans {
  let collect: (() => void) | undefined;
  return {
    used() {
      const { used_heap_size, external_memory } = getHeapStatistics();
      return used_heap_size + external_memory;
    },
    collect() {
      setFlagsFromString("--expose-gc");
      collect ??= runInNewContext("gc") as () => void;
      collect();
    },
    now: () => performance.now(),
  };
}
