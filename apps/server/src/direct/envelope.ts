/** Bytes before each message of a stream, in all three protocols: flags, and a length of four bytes. */
export const envelopeHeadBytes = 5;

/** Puts a message into an envelope. */
export function envelope(flags: number, message: Uint8Array): Uint8Array {
  const bytes = Buffer.allocUnsafe(envelopeHeadBytes + message.length);
  bytes[0] = flags;
  bytes.writeUInt32BE(message.length, 1);
  bytes.set(message, envelopeHeadBytes);
  return bytes;
}
