import { hash as digest } from "node:crypto";

/** Bytes of a chunk's hash. */
export const hashBytes = 32;

/** The hash by which a chunk is known: its SHA-256. */
export const chunkHash = (chunk: Uint8Array): Buffer => digest("sha256", chunk, "buffer");
