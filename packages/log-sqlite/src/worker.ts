// A thread of the log: holds one connection and answers calls, one at a time. Nothing here runs in the main thread.
import { isMainThread, parentPort, receiveMessageOnPort, workerData } from "node:worker_threads";
import { backUp } from "./backup.ts";
import { createCallOrder } from "./call-order.ts";
import {
  announcedAt,
  type Calls,
  notedAt,
  type Outcomes,
  type Reply,
  type Request,
  type Role,
  type Start,
  type WriteRequest,
} from "./calls.ts";
import { type DataFolder, dataFolder } from "./data-folder.ts";
import { toFailure } from "./failure.ts";
import { openDatabase } from "./open-database.ts";
import { openForReading } from "./open-for-reading.ts";
import { unpackData } from "./packed-data.ts";
import { createPlaceCheck } from "./place-check.ts";
import { createReader } from "./reader.ts";
import { checkPresent } from "./schema.ts";
import { verify } from "./verify.ts";
import { createReceiver, hashOne, type Window } from "./window.ts";
import { reached } from "./write-point.ts";
import { createSlotReceiver, type SlotRequest } from "./write-slots.ts";
import { createWriter, type Write } from "./writer.ts";

/** How often the watermark is flushed, in milliseconds. */
const watermarkFlushMs = 5000;

/** What a thread answers, and what it does when it is asked nothing. */
type Answers = Partial<Calls> &
  Pick<Calls, "close"> & {
    /** Makes appends that came through shared memory. */
    append?(request: SlotRequest): Outcomes;
    /** Told that appends are about to come. */
    expect?(): void;
    /** Notes what was just done; nobody hears of it before. */
    note?(): void;
    /** Does a part of what can wait; gives the milliseconds after which there is more. */
    rest?(): number;
  };

const roles: Readonly<Record<Role, (folder: DataFolder, start: Start) => Answers>> = {
  writer: openWriter,
  reader(folder, { window }) {
    const db = openForReading(folder.database);
    checkPresent(db, folder.database);
    const rest = () => (window !== undefined && hashOne(window) ? 0 : Number.POSITIVE_INFINITY);
    return { ...createReader(db, folder), rest, close: () => db.close() };
  },
  verifier: (folder) => ({ verify: () => verify(folder), close: () => {} }),
  backup: (folder) => ({ backup: (target) => backUp(folder, dataFolder(target)), close: () => {} }),
};

function openWriter(folder: DataFolder, { acceptLoss, window }: Start): Answers {
  const { db, watermark, close } = openDatabase(folder, { acceptLoss });
  const writer = createWriter(db, folder, watermark);
  const checkPlace = createPlaceCheck(folder);
  let flushAt = performance.now() + watermarkFlushMs;
  let sweeping = true;
  const sweep = (): boolean => {
    try {
      if (!writer.sweep()) return false;
      reached("swept");
      return true;
    } catch {
      // What could not be deleted is deleted after the next trim, or when the folder is opened again.
      return false;
    }
  };
  const flush = (): void => {
    try {
      watermark.flush();
    } catch {
      // It lags behind, as it may, and no write depends on it.
    }
  };
  const write = (writes: readonly Write[], data: Parameters<typeof writer.commit>[1]): Outcomes => {
    checkPlace();
    const outcomes = writer.commit(writes, data);
    reached("about to answer");
    sweeping ||= writes.some(({ kind }) => kind === "trim");
    return outcomes.every((outcome) => outcome === true) ? "made" : outcomes;
  };
  return {
    write: (request) => receiving(request, window, (data) => write(request.writes, data)),
    append: ({ writes, data }) => write(writes, data),
    expect: writer.expectCommit,
    note: writer.note,
    rest() {
      const expectingMs = writer.expectingMs();
      if (expectingMs > 0) return expectingMs;
      const checkpointMs = writer.checkpoint();
      sweeping &&= sweep();
      const now = performance.now();
      if (now >= flushAt) {
        flush();
        flushAt = now + watermarkFlushMs;
      }
      return sweeping ? 0 : Math.min(flushAt - now, checkpointMs);
    },
    close,
  };
}

/** Works on data of which a part may come through a window; none of that is left there. */
function receiving<T>(
  { packed, isStreamed }: WriteRequest,
  window: Window | undefined,
  work: (data: ReturnType<typeof unpackData>) => T,
): T {
  if (!isStreamed || window === undefined) return work(unpackData(packed));
  const sections = packed.lengths.flat().length - packed.lengths.filter((length) => typeof length === "number").length;
  const receiver = createReceiver(window, sections);
  try {
    return work(unpackData(packed, receiver.receive));
  } finally {
    receiver.finish();
  }
}

function serve(port: NonNullable<typeof parentPort>, start: Start): void {
  const folder = dataFolder(start.directory);
  let answers: Answers | undefined;
  const attempt = (id: number, work: () => unknown): boolean => {
    let reply: Reply;
    try {
      const result = work();
      reply = result === "made" ? id : { id, result };
    } catch (error) {
      reply = { id, failure: toFailure(error, folder.database) };
    }
    port.postMessage(reply, transferable(reply));
    // Beside the main thread waking up, which takes longer and waits for this.
    answers?.note?.();
    Atomics.store(start.bell, notedAt, id);
    Atomics.notify(start.bell, notedAt);
    return typeof reply === "number" || "result" in reply;
  };

  const started = attempt(0, () => {
    answers = roles[start.role](folder, start);
  });
  if (started && answers !== undefined) work(port, start, { answers, attempt });
  port.close();
}

interface Work {
  readonly answers: Answers;
  readonly attempt: (id: number, work: () => unknown) => unknown;
}

/** Answers calls until the last; sleeps on the bell, since waking from that is quicker than from an event loop. */
function work(port: NonNullable<typeof parentPort>, { bell, slots }: Start, { answers, attempt }: Work): void {
  const take = createCallOrder({
    appends: createSlotReceiver(slots),
    message: () => receiveMessageOnPort(port)?.message as Request | undefined,
  });
  for (;;) {
    const rung = Atomics.load(bell, 0);
    for (let next = take(); next !== undefined; next = take()) {
      const given = next;
      if ("writes" in given) {
        attempt(given.id, () => answers.append?.(given));
        continue;
      }
      const answer = answers[given.call] as ((argument: unknown) => unknown) | undefined;
      attempt(given.id, () => answer?.(given.argument));
      if (given.call === "close") return;
    }
    if (Atomics.exchange(bell, announcedAt, 0) !== 0) answers.expect?.();
    Atomics.wait(bell, 0, rung, answers.rest?.() ?? Number.POSITIVE_INFINITY);
  }
}

/** Entries go over without being copied. */
function transferable(reply: Reply): ArrayBuffer[] {
  if (typeof reply === "number" || !("result" in reply)) return [];
  const { packed } = (reply.result ?? {}) as { packed?: { bytes: Uint8Array<ArrayBuffer> } };
  return packed === undefined ? [] : [packed.bytes.buffer];
}

if (!isMainThread && parentPort !== null) serve(parentPort, workerData);
