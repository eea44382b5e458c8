/**
 * The same bytes as a `Uint8Array` and nothing else: some transports of Node give messages as a Buffer, which would give its own
 * kind to every value that is bytes.
 */
export const plainBytes = (bytes: Uint8Array): Uint8Array =>
  bytes.constructor === Uint8Array ? bytes : new Uint8Array(bytes.buffer, bytes.byteOffset, bytes.byteLength);
