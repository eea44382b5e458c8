// Types of Node are part of what is exported here, so whoever uses it gets them without asking.
/// <reference types="node" preserve="true" />
import type { IncomingHttpHeaders, OutgoingHttpHeaders } from "node:http";
import type { Socket } from "node:net";

/**
 * One request and its answer, in either version of HTTP. What is above it knows of neither version, nor of streams of Node.
 *
 * An answer is one `start`, then any number of `write`, then one `end`; or `reset` at any time. Once the exchange is closed,
 * all of these do nothing. Arguments of another kind throw a TypeError, and a status that is none of an answer a RangeError.
 */
export interface Exchange {
  readonly method: string | undefined;
  /** The target of the request as it was sent, with its query. */
  readonly path: string | undefined;
  /** By names in small letters; over HTTP/2 with its pseudo-headers. Other exchanges may have the same object. */
  readonly headers: Readonly<IncomingHttpHeaders>;
  /** The connection that it came over. */
  readonly socket: Socket;
  /** Trailers reach any caller: the exchange is one of HTTP/2, where requests and answers may also overlap. */
  readonly hasTrailers: boolean;
  /** The answer is sent, or broken off, or the caller has gone. */
  readonly isClosed: boolean;
  /**
   * Hands the request's body over, to one reader, once. What has come is handed over at once or soon, the rest as it comes. A caller
   * that waits to be told to go on (`expect: 100-continue`) is told by then.
   */
  read(reader: BodyReader): void;
  /** Hands nothing more over until `resume`, and so has a caller wait that sends much. */
  pause(): void;
  resume(): void;
  /**
   * Sends the head of the answer, which may wait for what comes next to go out together with it. Names of fields are in small letters;
   * none of them speaks of the connection, or of how the body is sent.
   *
   * @param isAll the head is all of the answer, which ends with it as by `end`; over HTTP/2 that is one frame
   * @throws TypeError where a field is none of HTTP's, and where the answer has its head; nothing is sent then
   */
  start(status: number, headers: OutgoingHttpHeaders, isAll?: boolean): void;
  /** Sends bytes, which must not be changed any more; `false` asks to wait for `onDrain` before more is sent. */
  write(bytes: Uint8Array): boolean;
  /** Sends bytes as `write` does, in several pieces that are one: where too many wait, all of these do or none. */
  writeAll(pieces: readonly Uint8Array[]): boolean;
  /**
   * Ends the answer. The reader hears nothing from then on: what is left of the request is dropped, and over HTTP/2 its stream is
   * reset without an error (RFC 9113, section 8.1) once the answer is sent. Left open, it would keep bytes that count against
   * all other calls of the connection.
   */
  end(ending: Ending): void;
  /** Breaks the answer off, so that the caller sees that it is not whole; the exchange is closed at once, and `onClose` follows. */
  reset(): void;
  /** Calls once when more may be written, after a `write` that gave `false`; not at all where the exchange closes before. */
  onDrain(listener: () => void): void;
  /** Calls each listener once, as soon as the exchange has closed; listeners that come after that are not called. */
  onClose(listener: () => void): void;
}

/** What takes the body of a request in. */
export interface BodyReader {
  /** Takes the next bytes, which nobody else writes to. */
  onData(bytes: Buffer): void;
  /** Nothing of the bytes taken last is needed any more: the memory that they came in may go at once. */
  readonly hasLetGo?: boolean;
  /** Hears, last, that the request has come whole. One that is broken off closes its exchange instead. */
  onEnd(): void;
}

/** The last of an answer. Trailers are sent over HTTP/1.1 too, where the answer has no length; few look for them there. */
export interface Ending {
  readonly bytes?: Uint8Array;
  readonly trailers?: Readonly<Record<string, string>>;
}
