import type { IncomingHttpHeaders } from "node:http2";
import { answerText } from "../answer-text.ts";
import type { Connection } from "./connection.ts";
import { fault } from "./connection-error.ts";
import { createHeaderDecoder } from "./hpack/header-decoder.ts";
import { HpackError } from "./hpack/hpack-error.ts";
import { errorCode, flag } from "./protocol.ts";
import { RequestHead } from "./request-head.ts";

/** Blocks up to this size are kept, to be known again. */
const keptBytes = 512;

/** A block of fields that may come again, byte by byte. */
interface KeptBlock {
  readonly bytes: Buffer;
  readonly tableVersion: number;
  readonly headers: Readonly<IncomingHttpHeaders>;
}

/** Puts the heads of requests together, and begins a stream with each. */
export class HeadReader {
  /** The stream whose head has begun and not ended; 0 without. */
  openStreamId = 0;
  readonly #connection: Connection;
  readonly #decoder = createHeaderDecoder();
  #isLast = false;
  #parts: Buffer[] = [];
  #partsBytes = 0;
  #kept: KeptBlock | undefined;

  constructor(connection: Connection) {
    this.#connection = connection;
  }

  /** Takes a HEADERS frame. */
  begin(id: number, flags: number, payload: Buffer): void {
    const connection = this.#connection;
    if (id % 2 === 0) throw fault(`a client opens streams of odd numbers, not ${id}`);
    const block = withoutPadding(flags, payload);
    this.#isLast = (flags & flag.endStream) !== 0;
    if ((flags & flag.endHeaders) !== 0) {
      this.#finish(id, block);
      return;
    }
    this.openStreamId = id;
    this.#parts = [Buffer.from(block)];
    this.#partsBytes = block.length;
    connection.conduct.countOddity();
  }

  /** Takes a CONTINUATION frame. */
  goOn(flags: number, payload: Buffer): void {
    const id = this.openStreamId;
    this.#partsBytes += payload.length;
    // It is not larger once it is unpacked than what no head may be (CVE-2024-27316).
    if (this.#partsBytes > this.#connection.limits.maxHeaderListBytes * 2)
      throw fault(`the head of stream ${id} is too large`, errorCode.enhanceYourCalm);
    this.#parts.push(Buffer.from(payload));
    if ((flags & flag.endHeaders) === 0) {
      this.#connection.conduct.countOddity();
      return;
    }
    const block = Buffer.concat(this.#parts);
    this.openStreamId = 0;
    this.#parts = [];
    this.#finish(id, block);
  }

  #finish(id: number, block: Buffer): void {
    const connection = this.#connection;
    if (id <= connection.lastStreamId) {
      this.#finishTrailers(id, block);
      return;
    }
    connection.lastStreamId = id;
    const kept = this.#kept;
    if (kept !== undefined && kept.tableVersion === this.#decoder.version && kept.bytes.equals(block)) {
      this.#serve(id, kept.headers);
      return;
    }
    const { version } = this.#decoder;
    const head = this.#decode(block);
    head.finish();
    if (head.fault === "malformed") connection.refuse(id, errorCode.protocolError);
    else if (head.fault === "too large") this.#refuseTooLarge(id);
    else {
      this.#keep(block, version, head.headers);
      this.#serve(id, head.headers);
    }
  }

  /** Keeps a block that left the table as it was, so that the same bytes mean the same as long as the table does. */
  #keep(block: Buffer, tableVersion: number, headers: IncomingHttpHeaders): void {
    if (tableVersion !== this.#decoder.version || block.length > keptBytes) return;
    this.#kept = { bytes: Buffer.from(block), tableVersion, headers: Object.freeze(headers) };
  }

  #serve(id: number, headers: Readonly<IncomingHttpHeaders>): void {
    const connection = this.#connection;
    const stream = connection.open(id, headers);
    if (stream === undefined) return;
    if (this.#isLast && !stream.body.end()) connection.refuse(id, errorCode.protocolError);
    else connection.serve(stream);
  }

  /** The fields behind a body mean nothing here; they are read and checked all the same, since later heads refer to them. */
  #finishTrailers(id: number, block: Buffer): void {
    const connection = this.#connection;
    const { fault: wrong, hasPseudoFields } = this.#decode(block);
    const stream = connection.streams.get(id);
    if (stream === undefined) {
      if (hasPseudoFields) throw fault(`stream ${id} cannot begin after stream ${connection.lastStreamId}`);
      // A stream that was reset a moment ago may still say something.
      connection.conduct.countCompanion();
    } else if (stream.body.isWhole) connection.refuse(id, errorCode.streamClosed);
    else if (wrong !== undefined || hasPseudoFields || !this.#isLast || !stream.body.end())
      connection.refuse(id, errorCode.protocolError);
  }

  /** A head beyond the limit is answered, so that whoever wrote the client sees why (RFC 6585, section 5). */
  #refuseTooLarge(id: number): void {
    const connection = this.#connection;
    connection.conduct.countReset();
    const stream = connection.open(id, {});
    if (stream === undefined) return;
    if (this.#isLast) stream.body.end();
    answerText(stream, 431, `the head of a request has at most ${connection.limits.maxHeaderListBytes} bytes\n`);
  }

  #decode(block: Buffer): RequestHead {
    const head = new RequestHead(this.#connection.limits.maxHeaderListBytes);
    try {
      this.#decoder.decode(block, head.add);
    } catch (error) {
      if (error instanceof HpackError) throw fault(error.message, errorCode.compressionError);
      throw error;
    }
    return head;
  }
}

/** Takes padding and the deprecated priority off (RFC 9113, section 6.2). */
function withoutPadding(flags: number, payload: Buffer): Buffer {
  let begin = 0;
  let end = payload.length;
  if ((flags & flag.padded) !== 0) {
    if (end === 0) throw fault("padding without room", errorCode.frameSizeError);
    begin = 1;
    end -= payload.readUInt8(0);
  }
  if ((flags & flag.priority) !== 0) begin += 5;
  if (begin > payload.length) throw fault("a priority without room", errorCode.frameSizeError);
  if (begin > end) throw fault("more padding than frame");
  return payload.subarray(begin, end);
}
