/** Bytes before each message of a stream, in all three protocols: flags, and a length of four bytes. */
export const envelopeHeadBytes = 5;

/** A message in its envelope. */
export interface Frame {
  /** What is sent, in order. */
  readonly pieces: readonly Uint8Array[];
  /** The message alone, in order. */
  readonly message: readonly Uint8Array[];
  /** Bytes of the message. */
  readonly length: number;
}

/** Messages up to this size are copied to the head of their envelope, which costs less than sending it by itself. */
const joinedBytes = 64 * 1024;

/** Puts a message, given in pieces, into an envelope. */
export function frameOf(flags: number, message: readonly Uint8Array[]): Frame {
  const length = lengthOf(message);
  if (length > joinedBytes) return { pieces: [envelopeHead(flags, length), ...message], message, length };
  const bytes = envelope(flags, message[0] ?? noBytes);
  return { pieces: [bytes], message: [bytes.subarray(envelopeHeadBytes)], length };
}

/** How many bytes pieces are together. */
export const lengthOf = (pieces: readonly Uint8Array[]): number => pieces.reduce((sum, { length }) => sum + length, 0);

const noBytes = new Uint8Array();

/** Puts a small message into an envelope, as one array of bytes. */
export function envelope(flags: number, message: Uint8Array): Uint8Array {
  const bytes = Buffer.allocUnsafe(envelopeHeadBytes + message.length);
  bytes[0] = flags;
  bytes.writeUInt32BE(message.length, 1);
  bytes.set(message, envelopeHeadBytes);
  return bytes;
}

function envelopeHead(flags: number, length: number): Uint8Array {
  const head = Buffer.allocUnsafe(envelopeHeadBytes);
  head[0] = flags;
  head.writeUInt32BE(length, 1);
  return head;
}
