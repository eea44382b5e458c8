import { base64Decode } from "@bufbuild/protobuf/wire";
import { malformed } from "./malformed.ts";

/**
 * Reads bytes in base64, with or without padding.
 *
 * @throws StoreError `invalid_argument` naming the path, for text that is none
 */
export function readBase64(text: string, path: string): Uint8Array {
  try {
    return base64Decode(text);
  } catch {
    throw malformed(path, "is no base64");
  }
}
