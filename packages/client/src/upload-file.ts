import type { Client } from "@connectrpc/connect";
import { encodeText } from "@trimtab/wire";
import type { TransferService } from "@trimtab/wire/services";
import type { Caller } from "./caller.ts";

/**
 * Sends a file in pieces, each within the client's time limit, and then does with it what is to be done. Where any of that
 * fails the upload is dropped, as far as the server can still be told.
 */
export async function uploadFile<T>(
  client: Client<typeof TransferService>,
  call: Caller["call"],
  { session, file }: { readonly session: string; readonly file: Uint8Array<ArrayBuffer> },
  finish: (uploadId: string) => Promise<T>,
): Promise<T> {
  const sizeBytes = BigInt(file.byteLength);
  const sha256 = await digest(file);
  const { uploadId, maxChunkBytes } = await call(
    async (to) => client.startImportUpload({ sessionId: encodeText(session, "session"), sizeBytes, sha256 }, to),
    (answer) => answer,
  );
  try {
    for (let at = 0; at < file.byteLength; ) {
      const piece = { offset: BigInt(at), data: file.subarray(at, at + Number(maxChunkBytes)) };
      at = await call(
        async (to) => client.uploadImportChunk({ sessionId: session, uploadId, ...piece }, to),
        ({ receivedBytes }) => next(at, Number(receivedBytes)),
      );
    }
    return await finish(uploadId);
  } catch (error) {
    await call(
      async (to) => client.cancelImportUpload({ sessionId: session, uploadId }, to),
      () => undefined,
    ).catch(() => undefined);
    throw error;
  }
}

/** Where the next piece begins; a server that does not take any in would be sent the same piece for ever. */
function next(at: number, receivedBytes: number): number {
  if (receivedBytes > at) return receivedBytes;
  throw new RangeError(`the server has received ${receivedBytes} bytes, and was sent more than ${at}`);
}

/** Empty where a browser offers no digests, as on a page that is not secure; the size is checked all the same. */
const digest = async (file: Uint8Array<ArrayBuffer>): Promise<Uint8Array<ArrayBuffer>> =>
  new Uint8Array((await globalThis.crypto?.subtle?.digest("SHA-256", file)) ?? new ArrayBuffer());
