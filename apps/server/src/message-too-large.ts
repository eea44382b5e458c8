import { Code, ConnectError } from "@connectrpc/connect";
import type { Compression } from "@connectrpc/connect/protocol";
import { storeError } from "@trimtab/core";
import { toConnectError } from "@trimtab/transport-connect";
import { flagOf } from "./settings.ts";

/**
 * Refuses a message of more bytes than are read.
 *
 * @param bytes how many it has; where nobody knows, one more than the limit stands for them in the details
 */
export function messageTooLarge(limit: number, bytes?: number): ConnectError {
  const text = `message takes ${bytes ?? "too many"} bytes, at most ${limit} are read (${flagOf("maxMessageBytes")})`;
  return toConnectError(storeError("limit_exceeded", text, { field: "message", limit, value: bytes ?? limit + 1 }));
}

/** The same way of packing, which says so in these words where what is unpacked is too large. */
export const tellingTooLarge = (compression: Compression): Compression => ({
  ...compression,
  decompress: (bytes, limit) =>
    compression.decompress(bytes, limit).catch((error: unknown) => {
      throw ConnectError.from(error).code === Code.ResourceExhausted ? messageTooLarge(limit) : error;
    }),
});
