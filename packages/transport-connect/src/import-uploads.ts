import { counted, storeError } from "@trimtab/core";

/** How much memory uploads may take, and for how long. */
export interface UploadLimits {
  /** Bytes of one file. */
  readonly fileBytes: number;
  /** Bytes of all uploads together. */
  readonly totalBytes: number;
  /** Uploads of one session at a time. */
  readonly perSession: number;
  /** Bytes of one piece. */
  readonly chunkBytes: number;
  /** Milliseconds without a piece after which an upload is dropped. */
  readonly idleMs: number;
}

/** The limits that hold unless routes are told otherwise. */
export const defaultUploadLimits: UploadLimits = {
  fileBytes: 64 * 1024 * 1024,
  totalBytes: 256 * 1024 * 1024,
  perSession: 4,
  chunkBytes: 1024 * 1024,
  idleMs: 5 * 60_000,
};

/** What a caller says of a file before it comes. */
export interface UploadPromise {
  /** 0 where not known. */
  readonly sizeBytes: number;
  /** Empty where not known. */
  readonly sha256: Uint8Array;
}

/** Where an upload is. */
export interface UploadState {
  readonly id: string;
  readonly receivedBytes: number;
  readonly expiresAtMs: number;
}

/** Files that come in pieces, in memory. What is dropped by time, by the caller or at the end frees its memory at once. */
export interface ImportUploads {
  /** Bytes of one piece, at most. */
  readonly chunkBytes: number;
  /** Begins an upload; throws `limit_exceeded` where the file is too large or too much is on its way already. */
  start(session: string, promise: UploadPromise): UploadState;
  /** Adds a piece. What was received before is passed over; a gap throws `invalid_argument`. */
  add(session: string, id: string, piece: { readonly offset: number; readonly data: Uint8Array }): UploadState;
  /** The whole file; throws `invalid_argument` where it is not what was promised. The upload stays. */
  read(session: string, id: string): Promise<Uint8Array>;
  /** Drops an upload where it is there. */
  drop(session: string, id: string): void;
}

interface Upload extends UploadPromise {
  readonly session: string;
  readonly chunks: Uint8Array[];
  receivedBytes: number;
  expiresAtMs: number;
  timer: ReturnType<typeof setTimeout> | undefined;
}

/** Makes room for uploads. */
export function createImportUploads(limits: UploadLimits = defaultUploadLimits): ImportUploads {
  const uploads = new Map<string, Upload>();
  let totalBytes = 0;
  const remove = (id: string): void => {
    const upload = uploads.get(id);
    if (upload === undefined || !uploads.delete(id)) return;
    clearTimeout(upload.timer);
    totalBytes -= upload.receivedBytes;
  };
  const find = (session: string, id: string): Upload => {
    const upload = uploads.get(id);
    if (upload?.session === session) return upload;
    throw storeError("not_found", `there is no upload ${id} in session ${session}`, { resource: "upload", id });
  };
  /** Puts off the end of an upload. */
  const renew = (id: string, upload: Upload): UploadState => {
    clearTimeout(upload.timer);
    upload.expiresAtMs = Date.now() + limits.idleMs;
    upload.timer = setTimeout(remove, limits.idleMs, id);
    // Node would wait for it before it ends; browsers have no such notion.
    if (typeof upload.timer === "object") upload.timer.unref();
    return { id, receivedBytes: upload.receivedBytes, expiresAtMs: upload.expiresAtMs };
  };
  return {
    chunkBytes: limits.chunkBytes,
    start(session, promise) {
      checkPromise(promise, limits);
      const mine = [...uploads.values()].filter((upload) => upload.session === session).length;
      checkRoom("uploads", mine + 1, limits.perSession, limits.idleMs);
      checkRoom("uploads", totalBytes + promise.sizeBytes, limits.totalBytes, limits.idleMs);
      const id = crypto.randomUUID();
      const upload = { ...promise, session, chunks: [], receivedBytes: 0, expiresAtMs: 0, timer: undefined };
      uploads.set(id, upload);
      return renew(id, upload);
    },
    add(session, id, { offset, data }) {
      const upload = find(session, id);
      if (data.byteLength > limits.chunkBytes) {
        throw limitExceeded("data", data.byteLength, limits.chunkBytes);
      }
      if (offset > upload.receivedBytes) {
        const message = `offset leaves a gap: ${counted(upload.receivedBytes, "byte was", "bytes were")} received, the piece begins at ${offset}`;
        throw storeError("invalid_argument", message, { field: "offset", limit: upload.receivedBytes, value: offset });
      }
      // A copy, since a piece is part of the message that it came in.
      const fresh = new Uint8Array(data.subarray(upload.receivedBytes - offset));
      const size = upload.receivedBytes + fresh.byteLength;
      checkSize(size, upload, limits);
      checkRoom("uploads", totalBytes + fresh.byteLength, limits.totalBytes, limits.idleMs);
      if (fresh.byteLength > 0) upload.chunks.push(fresh);
      upload.receivedBytes = size;
      totalBytes += fresh.byteLength;
      return renew(id, upload);
    },
    async read(session, id) {
      const upload = find(session, id);
      const file = joined(upload);
      await checkWhole(file, upload);
      return file;
    },
    drop(session, id) {
      if (uploads.get(id)?.session === session) remove(id);
    },
  };
}

function checkPromise({ sizeBytes, sha256 }: UploadPromise, limits: UploadLimits): void {
  if (sizeBytes > limits.fileBytes) throw limitExceeded("size_bytes", sizeBytes, limits.fileBytes);
  if (sha256.byteLength !== 0 && sha256.byteLength !== 32) {
    const message = `sha256 must have 32 bytes, got ${sha256.byteLength}`;
    throw storeError("invalid_argument", message, { field: "sha256", limit: 32, value: sha256.byteLength });
  }
}

function checkSize(size: number, { sizeBytes }: UploadPromise, limits: UploadLimits): void {
  if (sizeBytes > 0 && size > sizeBytes) {
    const message = `data goes on to byte ${size} of a file that was to have ${sizeBytes}`;
    throw storeError("invalid_argument", message, { field: "data", limit: sizeBytes, value: size });
  }
  if (size > limits.fileBytes) throw limitExceeded("data", size, limits.fileBytes);
}

async function checkWhole(file: Uint8Array<ArrayBuffer>, { sizeBytes, sha256 }: UploadPromise): Promise<void> {
  if (sizeBytes > 0 && file.byteLength !== sizeBytes) {
    const message = `the upload has ${counted(file.byteLength, "byte")} of ${sizeBytes}`;
    throw storeError("invalid_argument", message, { field: "size_bytes", limit: sizeBytes, value: file.byteLength });
  }
  if (sha256.byteLength === 0) return;
  const actual = new Uint8Array(await crypto.subtle.digest("SHA-256", file));
  if (actual.some((byte, at) => byte !== sha256[at])) {
    throw storeError("invalid_argument", "sha256 is not that of the bytes received", { field: "sha256" });
  }
}

function joined({ chunks, receivedBytes }: Upload): Uint8Array<ArrayBuffer> {
  const file = new Uint8Array(receivedBytes);
  let at = 0;
  for (const chunk of chunks) {
    file.set(chunk, at);
    at += chunk.byteLength;
  }
  return file;
}

const limitExceeded = (field: string, value: number, limit: number) =>
  storeError("limit_exceeded", `${field} would be ${value} bytes, at most ${limit} are allowed`, {
    field,
    limit,
    value,
  });

/** Refuses what there may be room for later. */
function checkRoom(field: string, value: number, limit: number, retryAfterMs: number): void {
  if (value <= limit) return;
  const message = `${field} under way would come to ${value}, at most ${limit} are allowed`;
  throw storeError("limit_exceeded", message, { field, limit, value, retryAfterMs });
}
