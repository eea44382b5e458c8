import { crc32 } from "node:zlib";

/**
 * The CRC-32 (as in zlib) of what is stored under a number of a stream. Name and number go into it, so that data that
 * turns up in another's place is found as well.
 */
export function checksumOf(stream: string, number: number, data: Uint8Array): number {
  return crc32(data, crc32(`${number}/${stream}`));
}

/** The CRC-32 of a stream's own row. */
export const streamChecksum = (id: number, stream: string, trimmed: number): number =>
  crc32(`${id}/${trimmed}/${stream}`);
