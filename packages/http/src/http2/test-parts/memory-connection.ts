import { once } from "node:events";
import type { Socket } from "node:net";
import { type Duplex, duplexPair } from "node:stream";
import { defaultLimits, type Http2Limits } from "../../index.ts";
import type { Connection } from "../connection.ts";
import { serveConnection } from "../serve-connection.ts";
import { cutFrames } from "./cut-frames.ts";
import { type Frame, ping } from "./frames.ts";
import { createManualPulse, type ManualPulse } from "./manual-pulse.ts";
import type { Stream } from "./serve.ts";

/** A connection within the process, whose bytes reach the server in the very pieces in which they are sent. */
export interface MemoryConnection {
  readonly connection: Connection;
  /** Times are counted by this. */
  readonly pulse: ManualPulse;
  /** The client's end. */
  readonly client: Duplex;
  /** Every frame that has come back. */
  readonly frames: readonly Frame[];
  /** How often each stream that was served has closed. */
  readonly closings: ReadonlyMap<Stream, number>;
  send(bytes: Uint8Array): Promise<void>;
  /** Sends a ping, and waits for its answer or for the end of the connection; says which. */
  isAnswering(): Promise<boolean>;
  /** Ends the client's side, and waits until the server has let go of its own. */
  close(): Promise<void>;
}

/** Serves a connection within the process. */
export function openMemory(
  onStream: (stream: Stream) => void,
  limits: Partial<Http2Limits> = {},
  onFrame: (frame: Frame) => void = () => {},
): MemoryConnection {
  const [server, client] = duplexPair();
  const closings = new Map<Stream, number>();
  const onExchange = (stream: Stream) => {
    closings.set(stream, 0);
    stream.onClose(() => closings.set(stream, (closings.get(stream) ?? 0) + 1));
    onStream(stream);
  };
  const onFault = (error: unknown) => {
    throw error;
  };
  // What the engine asks of a socket is what any duplex stream has.
  const options = { onExchange, onFault, limits: { ...defaultLimits, ...limits } };
  const pulse = createManualPulse();
  const connection = serveConnection(server as unknown as Socket, options, pulse);
  const frames: Frame[] = [];
  let held: Buffer = Buffer.alloc(0);
  let pings = 0;
  client.on("data", (chunk: Buffer) => {
    held = Buffer.concat([held, chunk]);
    const before = frames.length;
    held = held.subarray(cutFrames(held, frames));
    for (const frame of frames.slice(before)) onFrame(frame);
  });
  const closed = once(server, "close");

  return {
    connection,
    pulse,
    client,
    frames,
    closings,
    async send(bytes) {
      if (!client.writableEnded && bytes.length > 0) client.write(bytes);
      await turn();
    },
    async isAnswering() {
      const mark = `mark${String(++pings).padStart(4, "0")}`;
      client.write(ping(mark));
      const hasMark = () => frames.some(({ type, payload }) => type === 6 && payload.toString() === mark);
      while (!hasMark() && !client.readableEnded) await turn();
      return hasMark();
    },
    async close() {
      client.end();
      await closed;
    },
  };
}

const turn = () => new Promise((resolve) => setImmediate(resolve));
