import type { OutgoingHttpHeaders } from "node:http";
import type { IncomingHttpHeaders } from "node:http2";
import type { Socket } from "node:net";
import { answerFailure, answerText } from "../answer-text.ts";
import { both } from "../both.ts";
import { checkBytes, checkCallable, checkEnding, checkHead, checkPieces, checkReader, noBytes } from "../checks.ts";
import type { BodyReader, Ending, Exchange } from "../exchange.ts";
import { checkFields, sendHead } from "./answer-head.ts";
import type { Owed } from "./patience.ts";
import { errorCode, max31Bits } from "./protocol.ts";
import { ReceivedBody } from "./received-body.ts";
import { crumbBytes, SendQueue } from "./send-queue.ts";
import type { StreamHost } from "./stream-host.ts";
import { sendData, sendReset } from "./write-frames.ts";

/** A class, since one is made for every call. */
export class ServerStream implements Exchange {
  readonly id: number;
  readonly headers: Readonly<IncomingHttpHeaders>;
  readonly body: ReceivedBody;
  /** Bytes that the client takes on this stream. */
  sendWindow: number;
  readonly hasTrailers = true;
  isClosed = false;
  /** How much had been written on the connection when the answer had begun. */
  #answeredAt = Number.POSITIVE_INFINITY;
  readonly #host: StreamHost;
  #queue: SendQueue | undefined;
  #onDrain: (() => void) | undefined;
  #onClose: (() => void) | undefined;

  constructor(id: number, headers: Readonly<IncomingHttpHeaders>, host: StreamHost) {
    this.id = id;
    this.headers = headers;
    this.#host = host;
    this.sendWindow = host.peer.initialWindowBytes;
    this.body = new ReceivedBody(id, headers, host);
  }

  get method(): string | undefined {
    return this.headers[":method"];
  }

  get path(): string | undefined {
    return this.headers[":path"];
  }

  get socket(): Socket {
    return this.#host.socket;
  }

  /** The client may have seen that the answer has begun. */
  get isSeen(): boolean {
    return this.#answeredAt <= this.#host.output.handedBytes;
  }

  /** What waits for the client alone. A stream whose answer has begun and not ended, as a watch's, waits for nobody, however long. */
  get owed(): Owed | undefined {
    const queue = this.#queue;
    if (queue?.ending !== undefined) return { kind: "room", progress: Math.floor(queue.takenBytes / crumbBytes) };
    if (this.#isAnswered || !this.body.isAwaited) return undefined;
    return { kind: "request", progress: this.body.receivedBytes };
  }

  read(reader: BodyReader): void {
    checkReader(reader);
    if (this.isClosed) return;
    const isAwaited = !this.#isAnswered && !this.body.isWhole && this.headers.expect?.toLowerCase() === "100-continue";
    if (isAwaited) this.#send(100, {}, false);
    this.body.read(reader);
  }

  pause(): void {
    this.body.pause();
  }

  resume(): void {
    this.body.resume();
  }

  start(status: number, headers: OutgoingHttpHeaders, isAll = false): void {
    if (this.isClosed) return;
    checkHead(status, headers, this.#isAnswered);
    this.#send(status, headers, isAll);
    this.#answeredAt = this.#host.output.writtenBytes;
    if (isAll) this.#finish();
  }

  write(bytes: Uint8Array, mayWait?: boolean): boolean {
    if (this.isClosed) return false;
    checkBytes(bytes, this.#isAnswered);
    if (bytes.length === 0) return this.#queue === undefined && !this.#host.isBackedUp;
    if (this.#mayGoOut(bytes.length)) {
      this.#host.conduct.allowFrame(bytes.length);
      this.#sendData(bytes, false);
      return !this.#host.isBackedUp;
    }
    this.#enqueue(bytes, mayWait);
    return false;
  }

  writeAll(pieces: readonly Uint8Array[], mayWait = !this.#host.isHoldingTooMuch): boolean {
    return checkPieces(pieces).reduce((_, piece) => this.write(piece, mayWait), true);
  }

  end(ending: Ending): void {
    if (this.isClosed) return;
    const { bytes = noBytes, trailers } = checkEnding(ending, this.#isAnswered);
    if (this.#mayGoOut(bytes.length)) {
      this.#host.conduct.allowFrame(bytes.length);
      if (bytes.length > 0 || trailers === undefined) this.#sendData(bytes, trailers === undefined);
      this.#finish(trailers);
      return;
    }
    if (trailers !== undefined) checkFields(trailers);
    this.body.drop();
    const queue = this.#enqueue(bytes);
    if (queue !== undefined) queue.ending = trailers === undefined ? {} : { trailers };
  }

  /** Breaks the answer off, for the reason that the code gives. */
  reset(code: number = errorCode.internalError): void {
    if (this.isClosed) return;
    sendReset(this.#host.output, this.id, code);
    this.close();
  }

  onDrain(listener: () => void): void {
    checkCallable("listener", listener);
    if (this.isClosed) return;
    this.#onDrain = listener;
    this.#host.wait(this);
  }

  onClose(listener: () => void): void {
    this.#onClose = both(this.#onClose, listener);
  }

  /** Grows the window, or shrinks it; says `false` where it would hold more than any window may. */
  growWindow(bytes: number): boolean {
    this.sendWindow += bytes;
    if (this.sendWindow > max31Bits) return false;
    if (this.#queue !== undefined && this.sendWindow > 0) this.#host.wait(this);
    return true;
  }

  /** Sends one frame of what waits, if the windows let it, and says whether there is more that they let. */
  sendNext(): boolean {
    const queue = this.#queue;
    if (queue !== undefined) {
      const host = this.#host;
      const most = Math.min(this.sendWindow, host.sendWindow, host.peer.maxFrameBytes, host.atOnceBytes);
      if (most <= 0) return false;
      const bytes = queue.take(most);
      host.heldBytes -= bytes.length;
      // A client that lets an answer out crumb by crumb is not allowed more for each of them (CVE-2019-9511).
      if (bytes.length < most || most >= crumbBytes) host.conduct.allowFrame(bytes.length);
      const isLast = queue.bytes === 0 && queue.ending !== undefined && queue.ending.trailers === undefined;
      this.#sendData(bytes, isLast);
      if (queue.bytes > 0) return this.sendWindow > 0;
      this.#queue = undefined;
      if (queue.ending !== undefined) this.#finish(queue.ending.trailers);
    }
    const listener = this.#onDrain;
    this.#onDrain = undefined;
    if (!this.isClosed) this.#call(listener);
    return false;
  }

  /** Ends it without a word to the client. */
  close(): void {
    if (this.isClosed) return;
    this.isClosed = true;
    if (this.#queue !== undefined) this.#host.heldBytes -= this.#queue.bytes;
    this.#queue = undefined;
    this.#onDrain = undefined;
    this.body.drop();
    this.#host.closed(this);
    const listener = this.#onClose;
    this.#onClose = undefined;
    this.#call(listener);
  }

  /** Ends it since its client has owed that for too long. */
  giveUp(owed: Owed["kind"]): void {
    if (owed === "request") answerText(this, 408, "the request did not come to its end in time\n");
    else this.reset(errorCode.cancel);
  }

  /** Ends it since whoever serves it has failed. */
  breakOff(): void {
    if (!this.#isAnswered) answerFailure(this);
    else if (this.#queue?.ending === undefined) this.reset();
  }

  get #isAnswered(): boolean {
    return this.#answeredAt !== Number.POSITIVE_INFINITY;
  }

  #call(listener: (() => void) | undefined): void {
    try {
      listener?.();
    } catch (error) {
      this.#host.failed(this.id, error);
    }
  }

  /** Nothing at all may always go out behind what has: an end takes no window, which may be below zero. */
  #mayGoOut(bytes: number): boolean {
    if (this.#queue !== undefined) return false;
    const host = this.#host;
    const isFitting = bytes <= this.sendWindow && bytes <= host.sendWindow && bytes <= host.atOnceBytes;
    return bytes === 0 || (isFitting && !host.isBackedUp);
  }

  /** Has bytes wait for windows, or breaks the answer off where they may not. */
  #enqueue(bytes: Uint8Array, mayWait = !this.#host.isHoldingTooMuch): SendQueue | undefined {
    const host = this.#host;
    if (bytes.length > 0 && !mayWait) {
      this.reset(errorCode.enhanceYourCalm);
      return undefined;
    }
    this.#queue ??= new SendQueue();
    this.#queue.add(bytes);
    host.heldBytes += bytes.length;
    host.wait(this);
    return this.#queue;
  }

  #send(status: number, fields: OutgoingHttpHeaders, isLast: boolean): void {
    sendHead(this.#host.output, this.#host.peer, { streamId: this.id, isLast, status, fields });
  }

  /** Sends bytes that fit the windows. */
  #sendData(bytes: Uint8Array, isLast: boolean): void {
    const { output, peer } = this.#host;
    this.sendWindow -= bytes.length;
    this.#host.sendWindow -= bytes.length;
    sendData(output, this.id, bytes, isLast, peer.maxFrameBytes);
  }

  /** Sends what ends the answer, declines what the client has still to say, and closes. */
  #finish(trailers?: OutgoingHttpHeaders): void {
    if (trailers !== undefined)
      sendHead(this.#host.output, this.#host.peer, { streamId: this.id, isLast: true, fields: trailers });
    if (this.body.isWhole) this.close();
    else this.reset(errorCode.noError);
  }
}
