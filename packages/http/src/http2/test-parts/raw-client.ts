import { once } from "node:events";
import { connect, type Socket } from "node:net";
import { onTestFinished } from "vitest";
import { cutFrames } from "./cut-frames.ts";
import { describeFrame } from "./describe-frame.ts";
import { type Frame, opening, ping } from "./frames.ts";

/** A client that sends whatever bytes a test wants and sees every frame that comes back. */
export interface RawClient {
  readonly socket: Socket;
  /** Every frame that has come, in order. */
  readonly frames: readonly Frame[];
  send(...bytes: readonly Uint8Array[]): void;
  /** Gives the next frame that nobody has taken, or `undefined` once the connection has ended. */
  next(): Promise<Frame | undefined>;
  /** Takes frames up to one that is as wanted, and gives them all. */
  until(isWanted: (frame: Frame) => boolean): Promise<readonly Frame[]>;
  /**
   * Sends bytes and says, a line for each frame, what the server answers before it goes on to what comes next;
   * the last line is `closed` where it ends the connection.
   */
  reaction(...bytes: readonly Uint8Array[]): Promise<readonly string[]>;
  /** As `reaction`, and with what the server sends behind that as far as the client lets it. */
  settled(...bytes: readonly Uint8Array[]): Promise<readonly string[]>;
  /** Waits for the end of the connection, and gives the frames up to it. */
  ended(): Promise<readonly Frame[]>;
}

/** Connects and sends the first bytes, the preface and empty settings unless others are given. */
export async function connectRaw(port: number, first: Uint8Array = opening): Promise<RawClient> {
  const socket = connect({ port, host: "127.0.0.1", noDelay: true });
  onTestFinished(() => void socket.destroy());
  await once(socket, "connect");
  const client = readFrames(socket);
  client.send(first);
  return client;
}

/** Connects, and waits until both sides know each other's settings. */
export async function openRaw(port: number, first?: Uint8Array): Promise<RawClient> {
  const client = await connectRaw(port, first);
  await client.reaction();
  return client;
}

function readFrames(socket: Socket): RawClient {
  const frames: Frame[] = [];
  let held: Buffer = Buffer.alloc(0);
  let taken = 0;
  let isOver = false;
  let pings = 0;
  let wake = () => {};
  socket.on("data", (chunk: Buffer) => {
    held = held.length === 0 ? chunk : Buffer.concat([held, chunk]);
    held = held.subarray(cutFrames(held, frames));
    wake();
  });
  const end = () => {
    isOver = true;
    wake();
  };
  // Whatever ends it: a connection on which the server has given up may be reset as well.
  socket.on("end", end).on("close", end).on("error", end);

  async function next(): Promise<Frame | undefined> {
    while (taken === frames.length && !isOver)
      await new Promise<void>((resolve) => {
        wake = resolve;
      });
    return frames[taken++];
  }

  async function until(isWanted: (frame: Frame) => boolean): Promise<readonly Frame[]> {
    const found: Frame[] = [];
    for (;;) {
      const frame = await next();
      if (frame === undefined) return found;
      found.push(frame);
      if (isWanted(frame)) return found;
    }
  }

  function send(...bytes: readonly Uint8Array[]): void {
    if (!socket.destroyed) socket.write(Buffer.concat(bytes));
  }

  async function reaction(...bytes: readonly Uint8Array[]): Promise<readonly string[]> {
    const mark = String(++pings).padStart(8, "0");
    send(...bytes, ping(mark));
    const isMark = ({ type, payload }: Frame) => type === 6 && payload.toString() === mark;
    const found = await until(isMark);
    const last = found.at(-1);
    const lines = found.filter((frame) => !isMark(frame)).map(describeFrame);
    return last !== undefined && isMark(last) ? lines : [...lines, "closed"];
  }

  return {
    socket,
    frames,
    send,
    next,
    until,
    reaction,
    async settled(...bytes) {
      const lines = [...(await reaction(...bytes))];
      while (lines.at(-1) !== "closed") {
        const more = await reaction();
        if (more.length === 0) break;
        lines.push(...more);
      }
      return lines;
    },
    ended: () => until(() => false),
  };
}
