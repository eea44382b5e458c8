// A thread of the log: holds one connection and answers calls, one at a time. Nothing here runs in the main thread.
import { isMainThread, parentPort, workerData } from "node:worker_threads";
import { backUp } from "./backup.ts";
import type { Calls, Reply, Request, Role, Start } from "./calls.ts";
import { type DataFolder, dataFolder } from "./data-folder.ts";
import { toFailure } from "./failure.ts";
import { openDatabase } from "./open-database.ts";
import { unpack } from "./packed.ts";
import { createReader } from "./reader.ts";
import { openForReading } from "./schema.ts";
import { verify } from "./verify.ts";
import { reached } from "./write-point.ts";
import { createWriter } from "./writer.ts";

/** How often the watermark is flushed, in milliseconds. */
const watermarkFlushMs = 5000;

type Answers = Partial<Calls> & Pick<Calls, "close">;

const roles: Readonly<Record<Role, (folder: DataFolder, start: Start) => Answers>> = {
  writer(folder, { acceptLoss }) {
    const { db, watermark, close } = openDatabase(folder, { acceptLoss });
    const writer = createWriter(db, folder, watermark);
    const flushing = setInterval(() => watermark.flush(), watermarkFlushMs);
    let sweeping: NodeJS.Immediate | undefined;
    const sweep = () => {
      sweeping = undefined;
      try {
        if (!writer.sweep()) return;
        reached("swept");
        sweepSoon();
      } catch {
        // What could not be deleted is deleted after the next trim, or when the folder is opened again.
      }
    };
    const sweepSoon = () => {
      sweeping ??= setImmediate(sweep);
    };
    sweepSoon();
    return {
      write({ writes, packed }) {
        const outcomes = writer.commit(writes, unpack(packed));
        reached("about to answer");
        if (writes.some(({ kind }) => kind === "trim")) sweepSoon();
        return outcomes;
      },
      close() {
        clearInterval(flushing);
        clearImmediate(sweeping);
        close();
      },
    };
  },
  reader(folder) {
    const db = openForReading(folder.database);
    return { ...createReader(db, folder), close: () => db.close() };
  },
  verifier: (folder) => ({ verify: () => verify(folder), close: () => {} }),
  backup: (folder) => ({ backup: (target) => backUp(folder, dataFolder(target)), close: () => {} }),
};

function serve(port: NonNullable<typeof parentPort>, start: Start): void {
  const folder = dataFolder(start.directory);
  const attempt = (id: number, work: () => unknown): boolean => {
    let reply: Reply;
    try {
      reply = { id, result: work() };
    } catch (error) {
      reply = { id, failure: toFailure(error, folder.database) };
    }
    port.postMessage(reply, transferable(reply));
    return "result" in reply;
  };

  let answers: Answers | undefined;
  const started = attempt(0, () => {
    answers = roles[start.role](folder, start);
  });
  if (!started) {
    port.close();
    return;
  }
  port.on("message", ({ id, call, argument }: Request) => {
    const answer = answers?.[call] as ((argument: unknown) => unknown) | undefined;
    attempt(id, () => answer?.(argument));
    if (call === "close") port.close();
  });
}

/** Entries go over without being copied. */
function transferable(reply: Reply): ArrayBuffer[] {
  if (!("result" in reply)) return [];
  const { packed } = (reply.result ?? {}) as { packed?: { bytes: Uint8Array<ArrayBuffer> } };
  return packed === undefined ? [] : [packed.bytes.buffer];
}

if (!isMainThread && parentPort !== null) serve(parentPort, workerData);
