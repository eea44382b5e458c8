import { parts } from "./checks.ts";

/** Bytes in one array, or in parts that belong one after the other, which spares whoever has large ones a copy of them. */
export type Bytes = Uint8Array | readonly Uint8Array[];

/** Gives the bytes in one array; copies them where they come in several. */
export function joined(bytes: Bytes): Uint8Array {
  if (bytes instanceof Uint8Array) return bytes;
  const length = byteLengthOf(bytes);
  const [only] = bytes;
  if (bytes.length === 1 && only !== undefined) return only;
  const whole = new Uint8Array(length);
  let at = 0;
  for (const part of bytes) {
    whole.set(part, at);
    at += part.length;
  }
  return whole;
}

/**
 * How many bytes they are.
 *
 * @throws RangeError where it is anything else, such as text
 */
export function byteLengthOf(bytes: Bytes): number {
  if (bytes instanceof Uint8Array) return bytes.length;
  let sum = 0;
  for (const { length } of parts("bytes", bytes)) sum += length;
  return sum;
}
