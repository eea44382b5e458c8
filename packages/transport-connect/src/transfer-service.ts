import type { ServiceImpl } from "@connectrpc/connect";
import type { ImportOptions, Store } from "@trimtab/core";
import { decodeExport } from "@trimtab/transfer";
import {
  fromUint64,
  fromWireContext,
  fromWireStrategy,
  present,
  toTimestamp,
  toUint64,
  toWireImportSummary,
} from "@trimtab/wire";
import {
  type FinishImportUploadRequest,
  type ImportVariablesRequest,
  TransferFormat,
  type TransferService,
} from "@trimtab/wire/services";
import { type Calls, required } from "./calls.ts";
import { exportFile } from "./export-file.ts";
import type { ImportUploads } from "./import-uploads.ts";
import { sessionOf } from "./request-parts.ts";
import { fromWireFormat } from "./transfer-format.ts";

/** Serves what takes a store's variables out of one session and into another. */
export function createTransferService(
  store: Store,
  { stream, unary }: Calls,
  uploads: ImportUploads,
): ServiceImpl<typeof TransferService> {
  return {
    exportVariables: stream((request) => exportFile(store, request)),
    importVariables: unary((request) => importFile(store, request, request.data)),
    startImportUpload: unary(async (request) => {
      const { id: session } = await store.getSession(sessionOf(request));
      const sizeBytes = fromUint64(request.sizeBytes, "size_bytes");
      const { id, expiresAtMs } = uploads.start(session, { sizeBytes, sha256: request.sha256 });
      return { uploadId: id, maxChunkBytes: toUint64(uploads.chunkBytes), expiresAt: toTimestamp(expiresAtMs) };
    }),
    uploadImportChunk: unary(async (request) => {
      const { data } = request;
      const { id: session } = await store.getSession(sessionOf(request));
      const piece = { offset: fromUint64(request.offset, "offset"), data };
      const { receivedBytes, expiresAtMs } = uploads.add(session, uploadOf(request), piece);
      return { receivedBytes: toUint64(receivedBytes), expiresAt: toTimestamp(expiresAtMs) };
    }),
    finishImportUpload: unary(async (request) => {
      const upload = uploadOf(request);
      const { id: session } = await store.getSession(sessionOf(request));
      const answer = await importFile(store, request, await uploads.read(session, upload));
      // What was only tried out may be meant next.
      if (request.options?.validateOnly !== true) uploads.drop(session, upload);
      return answer;
    }),
    cancelImportUpload: unary(async (request) => {
      const { id: session } = await store.getSession(sessionOf(request));
      uploads.drop(session, uploadOf(request));
      return {};
    }),
  };
}

const uploadOf = ({ uploadId }: { readonly uploadId: string }): string => required(uploadId, "upload_id");

type ImportRequest = ImportVariablesRequest | FinishImportUploadRequest;

async function importFile(store: Store, request: ImportRequest, file: Uint8Array) {
  const session = sessionOf(request);
  const format = fromWireFormat(request.options?.format ?? TransferFormat.UNSPECIFIED);
  const summary = await store.importVariables(session, decodeExport(file, format), toImportOptions(request));
  return { summary: toWireImportSummary(summary), revision: toUint64(summary.revision) };
}

const toImportOptions = ({ options, context }: ImportRequest): ImportOptions =>
  present({
    ...fromWireContext(context),
    strategy: options && fromWireStrategy(options.mergeStrategy),
    allowPartial: options?.allowPartial,
    validateOnly: options?.validateOnly,
    pattern: options?.pattern || undefined,
    includeHistory: options?.includeHistory ?? false,
    includeDependencies: options?.includeDependencies ?? false,
  });
