import { Worker } from "node:worker_threads";
import { LogError } from "@trimtab/log";
import { announcedAt, type Calls, createBell, type Outcomes, type Reply, type Request, type Start } from "./calls.ts";
import type { Failure } from "./failure.ts";
import { createNotedReplies, idOf } from "./noted-replies.ts";
import { createSlotSender, createSlots } from "./write-slots.ts";
import type { Write } from "./writer.ts";

/** A thread that works on the data folder, as the main thread sees it. */
export interface Thread {
  /** Asks the thread; rejects with a `LogError`. Buffers given over are no longer the caller's. */
  call<K extends keyof Calls>(
    call: K,
    argument: Parameters<Calls[K]>[0],
    transfer?: ArrayBuffer[],
  ): Promise<ReturnType<Calls[K]>>;
  /** Asks for appends through shared memory; `undefined`, with nothing asked, where they do not go through that. */
  append(writes: readonly Write[], data: readonly Uint8Array[]): Promise<Outcomes> | undefined;
  /** Says that appends are about to come, so that the thread is awake by then. */
  announce(): void;
  /** Has the thread look for what it can do beside its calls. */
  nudge(): void;
  /** Lets the thread finish what it was asked, and ends it. */
  close(): Promise<void>;
}

interface Waiting {
  readonly resolve: (result: never) => void;
  readonly reject: (error: LogError) => void;
}

/** Makes the error of a failure that a thread reported. */
export const toLogError = ({ code, message, details }: Failure): LogError => new LogError(code, message, details);

/** Starts a thread and waits until it has opened what it works on; `onEnd` is called once it has ended, however it came to that. */
export async function startThread(options: Omit<Start, "bell" | "slots">, onEnd = () => {}): Promise<Thread> {
  const bell = createBell();
  const slots = createSlots();
  const start: Start = { ...options, bell, slots };
  const sender = createSlotSender(slots);
  const worker = new Worker(workerUrl(), { workerData: start, name: `trimtab-log-${start.role}` });
  const waiting = new Map<number, Waiting>();
  let lastId = 0;
  let announced = false;
  let ended: LogError | undefined;

  const end = (error: LogError): void => {
    ended ??= error;
    for (const { reject } of waiting.values()) reject(ended);
    waiting.clear();
  };
  const expectReply = (id: number) =>
    new Promise<never>((resolve, reject) => {
      // A program may end while the log is open, and not while it waits for it.
      if (waiting.size === 0) worker.ref();
      waiting.set(id, { resolve, reject });
    });

  const ring = (): void => {
    Atomics.add(bell, 0, 1);
    Atomics.notify(bell, 0);
  };

  const settle = (reply: Reply): void => {
    const id = idOf(reply);
    const one = waiting.get(id);
    waiting.delete(id);
    sender.free(id);
    if (waiting.size === 0) worker.unref();
    if (typeof reply === "number") one?.resolve("made" as never);
    else if ("failure" in reply) one?.reject(toLogError(reply.failure));
    else one?.resolve(reply.result as never);
  };
  worker.on("message", createNotedReplies(bell, settle));
  worker.on("error", (error) => end(threadEnded(start, error)));
  worker.on("exit", () => {
    end(threadEnded(start));
    onEnd();
  });

  const thread: Thread = {
    call(call, argument, transfer = []) {
      if (ended !== undefined) return Promise.reject(ended);
      const id = lastId + 1;
      // What cannot be posted throws, and takes no number: the thread answers calls by number, one after the other.
      worker.postMessage({ id, call, argument } satisfies Request, transfer);
      announced = false;
      lastId = id;
      const reply = expectReply(id);
      ring();
      return reply;
    },
    append(writes, data) {
      if (ended !== undefined || !sender.put({ id: lastId + 1, writes, data })) return undefined;
      const reply = expectReply(++lastId);
      announced = false;
      Atomics.store(bell, announcedAt, 0);
      ring();
      return reply;
    },
    announce() {
      if (announced) return;
      announced = true;
      Atomics.store(bell, announcedAt, 1);
      ring();
    },
    nudge: ring,
    async close() {
      if (ended !== undefined) return;
      const exited = new Promise((resolve) => worker.once("exit", resolve));
      try {
        await thread.call("close", undefined);
      } finally {
        worker.ref();
        await exited;
      }
    },
  };
  await expectReply(0);
  return thread;
}

function threadEnded({ role, directory }: Start, cause?: unknown): LogError {
  const why = cause instanceof Error ? `: ${cause.message}` : "";
  return new LogError(
    "unavailable",
    `the ${role} thread of the log in ${directory} ended${why}`,
    { directory },
    { cause },
  );
}

/** Beside this file, which is TypeScript where the sources run as they are, and JavaScript where they were built. */
const workerUrl = (): URL =>
  import.meta.url.endsWith(".ts") ? new URL("./worker.ts", import.meta.url) : new URL("./worker.js", import.meta.url);
