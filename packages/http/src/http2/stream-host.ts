import type { Socket } from "node:net";
import type { Output } from "../output.ts";
import type { Conduct } from "./conduct.ts";
import type { ServerStream } from "./server-stream.ts";
import type { PeerSettings } from "./settings.ts";

/** What a stream asks of its connection. */
export interface StreamHost {
  readonly socket: Socket;
  readonly output: Output;
  readonly conduct: Conduct;
  readonly peer: PeerSettings;
  /** Bytes that the client takes on all streams. */
  sendWindow: number;
  /** Bytes of all streams that wait for windows. */
  heldBytes: number;
  /** They are so many that no more may be added. */
  readonly isHoldingTooMuch: boolean;
  /** Requests whose end has not come, and is wanted. */
  openBodies: number;
  readonly streamWindowBytes: number;
  /** More bytes than these are sent in turns with other streams. */
  readonly atOnceBytes: number;
  /** So much waits to be sent that streams should hold back. */
  readonly isBackedUp: boolean;
  /** Bytes of a body have been used, and as many may be sent for them. */
  consumed(bytes: number): void;
  /** Says that somebody needs what is being read from the socket for longer. */
  keepChunk(): void;
  /** Has `sendNext` of the stream called when its connection has room. */
  wait(stream: ServerStream): void;
  /** Ends a stream since whoever serves it has thrown, and tells of it. */
  failed(streamId: number, error: unknown): void;
  /** Forgets the stream. */
  closed(stream: ServerStream): void;
}
