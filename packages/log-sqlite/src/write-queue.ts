import { LogError } from "@trimtab/log";
import type { Outcomes } from "./calls.ts";
import { createGathering } from "./gathering.ts";
import type { Outflow } from "./outflow.ts";
import { packData } from "./packed-data.ts";
import type { Sectioned } from "./sectioned.ts";
import { type Thread, toLogError } from "./thread.ts";
import type { Outcome, Write } from "./writer.ts";

/** Sends writes to the writing thread, as many at a time as came together. */
export interface WriteQueue {
  /** Resolves once the write is on disk; `false` for an append that lost its race. */
  submit(write: Write, data: readonly (Uint8Array | Sectioned)[]): Promise<boolean>;
  /** Calls back when what waits had best be submitted, as {@link Gathering} decides; `entries` wait with whoever calls. */
  readonly gather: (submit: () => void, entries: number) => void;
  /** Refuses further writes and resolves when all are answered. */
  close(): Promise<void>;
  readonly waiting: number;
}

interface Job {
  readonly write: Write;
  readonly data: readonly (Uint8Array | Sectioned)[];
  readonly resolve: (made: boolean) => void;
  readonly reject: (error: unknown) => void;
}

/** While one batch is flushed the next is on its way, so that the disk never waits for this thread. */
const batchesUnderWay = 2;
const batchWrites = 4096;
const batchBytes = 32 << 20;
/** Data in sections from this size on goes through a window, in a batch of its own. */
const streamedBytes = 1 << 20;

/** Makes an empty queue. */
export function createWriteQueue(thread: Thread, outflow: Outflow, closedError: () => LogError): WriteQueue {
  let queue: Job[] = [];
  let underWay = 0;
  let waiting = 0;
  let entries = 0;
  let scheduled = false;
  let closed = false;
  let drained = () => {};
  const gathering = createGathering({
    underWay: () => entries,
    send: () => sendScheduled(),
    atEndOfTurn: setImmediate,
    now: () => performance.now(),
  });

  const schedule = (): void => {
    if (scheduled || queue.length === 0 || underWay >= batchesUnderWay) return;
    scheduled = true;
    queueMicrotask(sendScheduled);
  };

  const sendScheduled = (): void => {
    if (scheduled) send();
  };

  const send = (): void => {
    scheduled = false;
    sendBatch(takeBatch());
    schedule();
  };

  const sendBatch = (batch: readonly Job[]): void => {
    try {
      settleAfter(callThread(batch), batch);
    } catch (error) {
      // Nothing was sent. It is found out only now whose data was taken away, so that no other write pays for it.
      const gone = new Set(batch.filter(isGone));
      const rest = batch.filter((job) => !gone.has(job));
      if (gone.size > 0 && rest.length > 0) sendBatch(rest);
      if (gone.size > 0) settleAfter(Promise.reject(wentAway(error)), [...gone]);
      else settleAfter(Promise.reject(error), batch);
    }
  };

  const settleAfter = (call: Promise<Outcomes>, batch: readonly Job[]): void => {
    underWay++;
    call.then(
      (outcomes) => settle(batch, (job, index) => answer(job, outcomes === "made" || outcomes[index])),
      (error: unknown) => settle(batch, (job) => job.reject(error)),
    );
  };

  /** Throws where anything cannot be sent; then nothing was. */
  const callThread = (batch: readonly Job[]): Promise<Outcomes> => {
    const writes = batch.map(({ write }) => write);
    const data = batch.flatMap(({ data }) => data);
    const appended = data.every(isBytes) ? thread.append(writes, data) : undefined;
    if (appended !== undefined) return appended;
    const isStreamed = batch.some(isLarge);
    const packed = packData(data, isStreamed);
    const call = thread.call("write", { writes, packed, isStreamed }, [packed.bytes.buffer]);
    if (isStreamed) outflow.send(data.filter(isSectioned), call);
    return call;
  };

  const takeBatch = (): Job[] => {
    let count = 0;
    let bytes = 0;
    for (const job of queue) {
      for (const each of job.data) bytes += isSectioned(each) ? each.bytes : each.length;
      if (count === batchWrites || (count > 0 && (bytes > batchBytes || isLarge(job)))) break;
      count++;
      if (isLarge(job)) break;
    }
    const batch = queue.slice(0, count);
    queue = queue.slice(count);
    return batch;
  };

  const settle = (batch: readonly Job[], each: (job: Job, index: number) => void): void => {
    underWay--;
    waiting -= batch.length;
    for (const { data } of batch) entries -= data.length;
    batch.forEach(each);
    gathering.appended();
    schedule();
    if (waiting === 0) drained();
  };

  return {
    get waiting() {
      return waiting;
    },
    submit: (write, data) =>
      new Promise((resolve, reject) => {
        if (closed) return reject(closedError());
        waiting++;
        entries += data.length;
        queue.push({ write, data, resolve, reject });
        schedule();
      }),
    gather(submit, entries) {
      if (underWay === 0) thread.announce();
      gathering.ask(submit, entries);
    },
    close() {
      closed = true;
      return new Promise((resolve) => {
        drained = resolve;
        if (waiting === 0) resolve();
      });
    },
  };
}

const isBytes = (data: Uint8Array | Sectioned): data is Uint8Array => data instanceof Uint8Array;

const isSectioned = (data: Uint8Array | Sectioned): data is Sectioned => !isBytes(data);

const isLarge = ({ data }: Job): boolean => data.some((each) => isSectioned(each) && each.bytes >= streamedBytes);

/** Says whether data cannot be copied, since its buffer was handed to somebody else or has become smaller. */
function isGone(job: Job): boolean {
  try {
    packData(job.data, isLarge(job));
    return false;
  } catch {
    return true;
  }
}

const wentAway = (cause: unknown): LogError =>
  new LogError("unavailable", "data to be written went away before it was written", {}, { cause });

function answer({ resolve, reject }: Job, outcome: Outcome | undefined): void {
  if (typeof outcome === "object") reject(toLogError(outcome));
  else resolve(outcome === true);
}
