/** What a connection may take of the server. */
export interface Http2Limits {
  /** Streams that a client may have open at once; further ones are refused, which clients may try again. */
  readonly maxStreams: number;
  /** Bytes of a request's head, as HTTP/2 counts them: names, values, and 32 for each field. Answered with 431 beyond. */
  readonly maxHeaderListBytes: number;
  /** Bytes that a client may send ahead on one stream. */
  readonly streamWindowBytes: number;
  /** Bytes that a client may send ahead on all streams of the connection, at least 65535. */
  readonly connectionWindowBytes: number;
  /** Bytes that may wait to be sent before streams are asked to hold back, at least what a socket itself takes ahead. */
  readonly backlogBytes: number;
  /**
   * Bytes of answers that wait for the client to let them be sent. Beyond, new streams are refused, and answers that would have to wait
   * are broken off.
   */
  readonly maxHeldBytes: number;
  /** Streams that end by the client's fault or wish before they are answered: how many at once, and for each second. */
  readonly resets: { readonly burst: number; readonly perSecond: number };
  /**
   * Frames that are allowed and of no use, such as empty ones, or window updates beyond those that come with what is served: how many at
   * once, and for each second.
   */
  readonly oddities: { readonly burst: number; readonly perSecond: number };
  /** Pings and settings that may wait for their acknowledgement to be sent. */
  readonly maxUnsentAnswers: number;
  /**
   * How long the preface and settings of the client may take to come. This and what follows are times in milliseconds, above 0 and counted in
   * whole seconds; `Infinity` is no limit.
   */
  readonly openingTimeoutMs: number;
  /** How long the client may take to acknowledge the server's settings. */
  readonly settingsTimeoutMs: number;
  /** How long a head, or any frame but DATA, may take from its first byte to its last. */
  readonly headTimeoutMs: number;
  /** How long nothing may come of a request that cannot be answered before it is whole. */
  readonly bodyTimeoutMs: number;
  /** How long such a request may take in all. */
  readonly requestTimeoutMs: number;
  /** How long nothing may be taken of what is sent, on the connection, or by the window of an answer that has ended. */
  readonly sendTimeoutMs: number;
  /** How long a connection may be without a stream. */
  readonly idleTimeoutMs: number;
  /** How long a client with open streams may say nothing before it is asked whether it is there. */
  readonly pingIntervalMs: number;
  /** How long it may then take to say anything. */
  readonly pingTimeoutMs: number;
}

/**
 * Limits unless others are given. With the 64 KiB of window that HTTP/2 begins with, a large request would wait for leave to go
 * on a thousand times.
 */
export const defaultLimits: Http2Limits = {
  maxStreams: 65_536,
  maxHeaderListBytes: 65_536,
  streamWindowBytes: 1 << 20,
  connectionWindowBytes: 8 << 20,
  backlogBytes: 256 * 1024,
  maxHeldBytes: 256 << 20,
  resets: { burst: 1000, perSecond: 33 },
  oddities: { burst: 10_000, perSecond: 330 },
  maxUnsentAnswers: 1000,
  openingTimeoutMs: 10_000,
  settingsTimeoutMs: 60_000,
  headTimeoutMs: 60_000,
  bodyTimeoutMs: 60_000,
  requestTimeoutMs: 300_000,
  sendTimeoutMs: 60_000,
  idleTimeoutMs: 900_000,
  pingIntervalMs: 60_000,
  pingTimeoutMs: 20_000,
};
