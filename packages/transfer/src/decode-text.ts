import { malformed } from "./malformed.ts";

/**
 * Reads UTF-8, without the byte order mark that some programs begin it with.
 *
 * @throws StoreError `invalid_argument` naming the path, for bytes that are no UTF-8
 */
export function decodeText(bytes: Uint8Array, path = "data"): string {
  try {
    return new TextDecoder("utf-8", { fatal: true }).decode(bytes);
  } catch {
    throw malformed(path, "is not well-formed UTF-8");
  }
}
