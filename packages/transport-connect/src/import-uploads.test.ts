import { isStoreError } from "@trimtab/core";
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { createImportUploads, type ImportUploads, type UploadLimits } from "./import-uploads.ts";

const limits: UploadLimits = { fileBytes: 10, totalBytes: 16, perSession: 2, chunkBytes: 6, idleMs: 1000 };
const unknown = { sizeBytes: 0, sha256: new Uint8Array() };
const bytes = (...data: number[]) => Uint8Array.from(data);

let uploads: ImportUploads;

beforeEach(() => {
  vi.useFakeTimers();
  uploads = createImportUploads(limits);
});

afterEach(() => {
  vi.useRealTimers();
});

const refusal = (attempt: () => unknown) => {
  try {
    attempt();
  } catch (error) {
    if (isStoreError(error)) return error.toRefusal();
    throw error;
  }
  throw new Error("nothing was refused");
};

describe("a file in pieces", () => {
  test("is put together in order", async () => {
    const { id } = uploads.start("s", { sizeBytes: 5, sha256: new Uint8Array(await digest(bytes(1, 2, 3, 4, 5))) });
    uploads.add("s", id, { offset: 0, data: bytes(1, 2, 3) });
    expect(uploads.add("s", id, { offset: 3, data: bytes(4, 5) }).receivedBytes).toBe(5);
    expect(await uploads.read("s", id)).toEqual(bytes(1, 2, 3, 4, 5));
  });

  test("may have pieces that come twice, or overlap", async () => {
    const { id } = uploads.start("s", unknown);
    uploads.add("s", id, { offset: 0, data: bytes(1, 2, 3) });
    expect(uploads.add("s", id, { offset: 0, data: bytes(1, 2, 3) }).receivedBytes).toBe(3);
    expect(uploads.add("s", id, { offset: 1, data: bytes(2) }).receivedBytes).toBe(3);
    expect(uploads.add("s", id, { offset: 2, data: bytes(3, 4) }).receivedBytes).toBe(4);
    expect(await uploads.read("s", id)).toEqual(bytes(1, 2, 3, 4));
  });

  test("does not change with the message that a piece came in", async () => {
    const { id } = uploads.start("s", unknown);
    const data = Buffer.from([1, 2]);
    uploads.add("s", id, { offset: 0, data });
    data.fill(9);
    expect(await uploads.read("s", id)).toEqual(bytes(1, 2));
  });

  test("must have no gaps", () => {
    const { id } = uploads.start("s", unknown);
    uploads.add("s", id, { offset: 0, data: bytes(1) });
    expect(refusal(() => uploads.add("s", id, { offset: 2, data: bytes(3) }))).toMatchObject({
      reason: "invalid_argument",
      details: { field: "offset", limit: 1, value: 2 },
    });
  });

  test("must be what was promised", async () => {
    const short = uploads.start("s", { ...unknown, sizeBytes: 3 });
    uploads.add("s", short.id, { offset: 0, data: bytes(1, 2) });
    await expect(uploads.read("s", short.id)).rejects.toThrow("the upload has 2 bytes of 3");
    expect(refusal(() => uploads.add("s", short.id, { offset: 2, data: bytes(3, 4) })).message).toContain(
      "goes on to byte 4 of a file that was to have 3",
    );
    const other = uploads.start("s", { sizeBytes: 0, sha256: new Uint8Array(32) });
    await expect(uploads.read("s", other.id)).rejects.toThrow("sha256 is not that of the bytes received");
    expect(refusal(() => uploads.start("t", { sizeBytes: 0, sha256: bytes(1) })).details).toMatchObject({
      field: "sha256",
    });
  });

  test("belongs to one session", async () => {
    const { id } = uploads.start("s", unknown);
    expect(refusal(() => uploads.add("t", id, { offset: 0, data: bytes(1) }))).toMatchObject({
      reason: "not_found",
      details: { resource: "upload", id },
    });
    await expect(uploads.read("t", id)).rejects.toMatchObject({ reason: "not_found" });
    uploads.drop("t", id);
    expect(uploads.add("s", id, { offset: 0, data: bytes(1) }).receivedBytes).toBe(1);
    uploads.drop("s", id);
    uploads.drop("s", id);
    await expect(uploads.read("s", id)).rejects.toMatchObject({ reason: "not_found" });
  });
});

describe("memory", () => {
  test("of a piece, of a file and of all together has a limit", () => {
    expect(refusal(() => uploads.start("s", { ...unknown, sizeBytes: 11 }))).toMatchObject({
      reason: "limit_exceeded",
      details: { field: "size_bytes", limit: 10, value: 11 },
    });
    const { id } = uploads.start("s", unknown);
    const add = (each: string, session: string, offset: number, size: number) =>
      uploads.add(session, each, { offset, data: new Uint8Array(size) });
    expect(refusal(() => add(id, "s", 0, 7)).details).toMatchObject({ field: "data", limit: 6, value: 7 });
    add(id, "s", 0, 6);
    expect(refusal(() => add(id, "s", 6, 5)).details).toMatchObject({ field: "data", limit: 10, value: 11 });
    add(id, "s", 6, 4);
    const second = uploads.start("t", unknown);
    add(second.id, "t", 0, 6);
    const full = { field: "uploads", limit: 16, value: 17, retryAfterMs: 1000 };
    expect(refusal(() => add(second.id, "t", 6, 1)).details).toEqual(full);
    expect(refusal(() => uploads.start("u", { ...unknown, sizeBytes: 1 })).details).toEqual(full);
    uploads.drop("s", id);
    expect(add(second.id, "t", 6, 1).receivedBytes).toBe(7);
  });

  test("is given to two uploads of one session at a time", () => {
    const { id } = uploads.start("s", unknown);
    uploads.start("s", unknown);
    expect(refusal(() => uploads.start("s", unknown)).details).toMatchObject({ field: "uploads", limit: 2, value: 3 });
    uploads.start("t", unknown);
    uploads.drop("s", id);
    uploads.start("s", unknown);
  });

  test("is freed where no piece comes in time, and each piece puts that off", async () => {
    const { id, expiresAtMs } = uploads.start("s", unknown);
    expect(expiresAtMs).toBe(Date.now() + 1000);
    vi.advanceTimersByTime(999);
    const later = uploads.add("s", id, { offset: 0, data: new Uint8Array(6) });
    expect(later.expiresAtMs).toBe(expiresAtMs + 999);
    vi.advanceTimersByTime(999);
    expect(await uploads.read("s", id)).toHaveLength(6);
    vi.advanceTimersByTime(1);
    await expect(uploads.read("s", id)).rejects.toMatchObject({ reason: "not_found" });
    expect(vi.getTimerCount()).toBe(0);
    uploads.start("t", { ...unknown, sizeBytes: 10 });
  });
});

const digest = (data: Uint8Array<ArrayBuffer>) => crypto.subtle.digest("SHA-256", data);
