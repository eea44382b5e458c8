import type { Socket } from "node:net";
import { releaseMemory } from "../release-memory.ts";
import { Connection, type ConnectionOptions } from "./connection.ts";
import { ConnectionError, fault } from "./connection-error.ts";
import { FrameReader } from "./frame-reader.ts";
import { IncomingFrames } from "./incoming-frames.ts";
import { Patience } from "./patience.ts";
import { preface } from "./protocol.ts";
import type { Pulse } from "./pulse.ts";

/** Reads a connection from its preface on, until it ends. */
export function serveConnection(socket: Socket, options: ConnectionOptions, pulse: Pulse): Connection {
  const connection = new Connection(socket, options);
  const incoming = new IncomingFrames(connection);
  const frames = new FrameReader(incoming);
  let prefaceLeft = preface;
  const take = (chunk: Buffer): void => {
    let bytes = chunk;
    if (prefaceLeft.length > 0) {
      const length = Math.min(prefaceLeft.length, chunk.length);
      if (!prefaceLeft.subarray(0, length).equals(chunk.subarray(0, length))) throw fault("no preface of HTTP/2");
      prefaceLeft = prefaceLeft.subarray(length);
      bytes = chunk.subarray(length);
    }
    frames.push(bytes);
  };
  socket.on("data", (chunk: Buffer) => {
    if (connection.isOver) return;
    connection.heardChunks++;
    connection.isChunkKept = false;
    try {
      take(chunk);
      if (!connection.isChunkKept) releaseMemory(chunk);
      connection.holdBack();
    } catch (error) {
      if (!(error instanceof ConnectionError)) throw error;
      connection.fail(error);
    }
  });
  const patience = new Patience(connection, incoming, frames);
  const stopBeating = pulse.follow(() => patience.beat());
  socket.on("end", () => connection.hangUp());
  socket.on("error", () => socket.destroy());
  socket.on("close", () => {
    stopBeating();
    connection.drop();
  });
  return connection;
}
