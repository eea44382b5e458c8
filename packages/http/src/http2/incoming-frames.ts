import type { Connection } from "./connection.ts";
import { fault } from "./connection-error.ts";
import type { FrameSink } from "./frame-reader.ts";
import { HeadReader } from "./head-reader.ts";
import { errorCode, flag, frameType, max31Bits } from "./protocol.ts";
import type { ServerStream } from "./server-stream.ts";
import { readSettings } from "./settings.ts";
import { sendFrameHead } from "./write-frames.ts";

/** DATA for a stream that has closed is of no use if it is smaller. */
const smallBytes = 1024;

/** Streams whose windows may be changed at once for what one frame of no use costs. */
const streamsPerOddity = 64;

/** Acts on the frames of a connection as RFC 9113, sections 5 and 6 want it. */
export class IncomingFrames implements FrameSink {
  readonly #connection: Connection;
  readonly #heads: HeadReader;
  /** The client has said how it wants to be sent to. */
  hasSettings = false;
  /** It knows how it may send. */
  isAcknowledged = false;
  /** Frames that have come so far, those that go on with a head not counted. */
  begunFrames = 0;
  /** The stream of the DATA frame under way, if its bytes are still wanted, and how many of them were no padding. */
  #dataStream: ServerStream | undefined;
  #dataLength = 0;
  #dataBytes = 0;

  constructor(connection: Connection) {
    this.#connection = connection;
    this.#heads = new HeadReader(connection);
  }

  /** A head has begun and not ended. */
  get isWithinHead(): boolean {
    return this.#heads.openStreamId !== 0;
  }

  onFrame(type: number, flags: number, id: number, payload: Buffer): void {
    this.#expect(type, id);
    switch (type) {
      case frameType.headers:
        this.#heads.begin(id, flags, payload);
        break;
      case frameType.continuation:
        this.#heads.goOn(flags, payload);
        break;
      case frameType.windowUpdate:
        this.#growWindow(id, payload);
        break;
      case frameType.resetStream:
        this.#reset(id, payload);
        break;
      case frameType.settings:
        this.#settings(id, flags, payload);
        break;
      case frameType.ping:
        this.#ping(id, flags, payload);
        break;
      case frameType.priority:
        this.#priority(id, payload);
        break;
      case frameType.goAway:
        this.#goAway(id, payload);
        break;
      case frameType.pushPromise:
        throw fault("a client promises nothing");
      default:
        // Of a kind that is not known, and passed over.
        this.#connection.conduct.countOddity();
    }
  }

  onDataHead(id: number, length: number): void {
    this.#expect(frameType.data, id);
    const connection = this.#connection;
    if (id === 0) throw fault("DATA without a stream");
    connection.takeWindow(length);
    this.#dataLength = length;
    this.#dataBytes = 0;
    const stream = connection.streams.get(id);
    this.#dataStream = undefined;
    if (stream === undefined) {
      this.#refuseIdle(id);
      // What is large was meant for the stream before it closed, and the windows bound it.
      if (length < smallBytes) connection.conduct.countCompanion();
    } else if (stream.body.isWhole) connection.refuse(id, errorCode.streamClosed);
    else if (!stream.body.takeWindow(length)) connection.refuse(id, errorCode.flowControlError);
    else this.#dataStream = stream;
  }

  onDataBytes(bytes: Buffer): void {
    const stream = this.#dataStream;
    if (stream === undefined || stream.isClosed) return;
    this.#dataBytes += bytes.length;
    if (stream.body.take(bytes)) return;
    this.#connection.consumed(bytes.length);
    this.#connection.refuse(stream.id, errorCode.protocolError);
  }

  onDataEnd(isLast: boolean): void {
    const connection = this.#connection;
    const stream = this.#dataStream;
    if (!isLast && this.#dataBytes === 0 && stream !== undefined) connection.conduct.countOddity();
    const unused = this.#dataLength - this.#dataBytes;
    this.#dataStream = undefined;
    if (unused > 0) {
      if (stream === undefined || stream.isClosed) connection.consumed(unused);
      else stream.body.use(unused);
    }
    if (isLast && stream !== undefined && !stream.isClosed && !stream.body.end())
      connection.refuse(stream.id, errorCode.protocolError);
  }

  /** Refuses what may not come now: something before the first settings, or between the parts of one head. */
  #expect(type: number, id: number): void {
    if (!this.hasSettings && type !== frameType.settings) throw fault("the first frame is not SETTINGS");
    const open = this.#heads.openStreamId;
    if (type === frameType.continuation ? id !== open || open === 0 : open !== 0)
      throw fault("the parts of a head do not follow one another");
    if (open === 0) this.begunFrames++;
  }

  #refuseIdle(id: number): void {
    if (id > this.#connection.lastStreamId || id % 2 === 0) throw fault(`stream ${id} was never opened`);
  }

  #growWindow(id: number, payload: Buffer): void {
    const connection = this.#connection;
    if (payload.length !== 4) throw fault("WINDOW_UPDATE has four bytes", errorCode.frameSizeError);
    connection.conduct.countCompanion();
    const bytes = payload.readUInt32BE(0) & max31Bits;
    if (id === 0) {
      if (bytes === 0) throw fault("a window grows by nothing");
      connection.growWindow(bytes);
      return;
    }
    const stream = connection.streams.get(id);
    if (stream === undefined) this.#refuseIdle(id);
    else if (bytes === 0) connection.refuse(id, errorCode.protocolError);
    else if (!stream.growWindow(bytes)) connection.refuse(id, errorCode.flowControlError);
  }

  #reset(id: number, payload: Buffer): void {
    if (id === 0) throw fault("RST_STREAM without a stream");
    if (payload.length !== 4) throw fault("RST_STREAM has four bytes", errorCode.frameSizeError);
    const { streams, conduct } = this.#connection;
    const stream = streams.get(id);
    if (stream === undefined) {
      this.#refuseIdle(id);
      conduct.countCompanion();
      return;
    }
    // A client that calls off what it cannot have seen has made work for nothing.
    if (!stream.isSeen) conduct.countReset();
    stream.close();
  }

  #settings(id: number, flags: number, payload: Buffer): void {
    const connection = this.#connection;
    if (id !== 0) throw fault("SETTINGS of a stream");
    if ((flags & flag.ack) !== 0) {
      if (payload.length > 0) throw fault("an acknowledgement says nothing else", errorCode.frameSizeError);
      if (!this.hasSettings) throw fault("the first frame is not SETTINGS");
      connection.conduct.countOddity();
      this.isAcknowledged = true;
      return;
    }
    this.hasSettings = true;
    const { peer, streams, conduct } = connection;
    const before = peer.initialWindowBytes;
    readSettings(payload, peer);
    const more = peer.initialWindowBytes - before;
    conduct.countOddity(more === 0 ? 1 : 1 + Math.floor(streams.size / streamsPerOddity));
    if (more !== 0)
      for (const stream of streams.values())
        if (!stream.growWindow(more)) throw fault("a window beyond 2^31-1 bytes", errorCode.flowControlError);
    conduct.countAnswer();
    sendFrameHead(connection.output, 0, frameType.settings, flag.ack, 0);
  }

  #ping(id: number, flags: number, payload: Buffer): void {
    if (id !== 0) throw fault("PING of a stream");
    if (payload.length !== 8) throw fault("PING has eight bytes", errorCode.frameSizeError);
    const connection = this.#connection;
    if ((flags & flag.ack) !== 0) {
      connection.conduct.countOddity();
      return;
    }
    connection.conduct.countAnswer();
    sendFrameHead(connection.output, 8, frameType.ping, flag.ack, 0);
    connection.output.add(payload);
  }

  /** Is deprecated and has no effect. */
  #priority(id: number, payload: Buffer): void {
    if (id === 0) throw fault("PRIORITY without a stream");
    if (payload.length === 5) {
      this.#connection.conduct.countOddity();
      return;
    }
    if (!this.#connection.streams.has(id)) throw fault("PRIORITY has five bytes", errorCode.frameSizeError);
    this.#connection.refuse(id, errorCode.frameSizeError);
  }

  /** The client is about to leave: what it has begun is finished. */
  #goAway(id: number, payload: Buffer): void {
    if (id !== 0) throw fault("GOAWAY of a stream");
    if (payload.length < 8) throw fault("GOAWAY has eight bytes", errorCode.frameSizeError);
    this.#connection.conduct.countOddity();
    this.#connection.leave();
  }
}
