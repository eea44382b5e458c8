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
};
