import type { Client } from "@connectrpc/connect";
import type { ExportOptions, ImportOptions, Store } from "@trimtab/core";
import {
  decodeVariableFile,
  encodeFlag,
  encodeText,
  encodeVariableFile,
  fromWireImportSummary,
  toWirePoint,
  toWireStrategy,
} from "@trimtab/wire";
import {
  type ExportVariablesResponse,
  type FinishImportUploadResponse,
  type ImportVariablesResponse,
  TransferFormat,
  type TransferService,
} from "@trimtab/wire/services";
import { readReceipt } from "./answers.ts";
import { encodeFilter } from "./arguments.ts";
import { begin, type Caller } from "./caller.ts";
import { uploadFile } from "./upload-file.ts";

type TransferCalls = Pick<Store, "exportVariables" | "importVariables">;

/** Bytes of a file above which it is sent in pieces: servers take messages of 4 MiB, and in JSON bytes are a third longer. */
const messageBytes = 2 * 1024 * 1024;

/** The part of a store that takes variables out and in, over a transport; a large import is sent in pieces. */
export const createTransferCalls = (
  client: Client<typeof TransferService>,
  { call, context }: Caller,
): TransferCalls => ({
  exportVariables: (session, options = {}) =>
    call(
      async (to) => {
        const sessionId = encodeText(session, "session");
        return collect(client.exportVariables({ sessionId, ...encodeExport(options) }, to));
      },
      ({ chunks, sizeBytes }) => decodeVariableFile(joined(chunks, sizeBytes)),
    ),
  async importVariables(session, data, options = {}) {
    const request = () => ({
      sessionId: encodeText(session, "session"),
      options: encodeImport(options),
      context: context(options),
    });
    const file = begin(() => encodeVariableFile(data), "data");
    const read = (answer: ImportVariablesResponse | FinishImportUploadResponse) =>
      fromWireImportSummary(answer.summary, readReceipt(session, answer));
    if (file.byteLength <= messageBytes) {
      return call(async (to) => client.importVariables({ ...request(), data: file }, to), read);
    }
    return uploadFile(client, call, { session, file }, (uploadId) =>
      call(async (to) => client.finishImportUpload({ ...request(), uploadId }, to), read),
    );
  },
});

/** Takes in an export; `sizeBytes` is missing where it has ended before it was whole. */
async function collect(parts: AsyncIterable<ExportVariablesResponse>) {
  const chunks: Uint8Array[] = [];
  let sizeBytes: bigint | undefined;
  for await (const { part } of parts) {
    if (part.case === "chunk") chunks.push(part.value);
    else if (part.case === "summary") sizeBytes = part.value.sizeBytes;
  }
  return { chunks, sizeBytes };
}

function joined(chunks: readonly Uint8Array[], sizeBytes: bigint | undefined): Uint8Array {
  const size = chunks.reduce((sum, chunk) => sum + chunk.byteLength, 0);
  if (sizeBytes !== BigInt(size)) throw new RangeError(`the export has ${size} bytes of ${sizeBytes ?? "more"}`);
  const file = new Uint8Array(size);
  let at = 0;
  for (const chunk of chunks) {
    file.set(chunk, at);
    at += chunk.byteLength;
  }
  return file;
}

const encodeExport = (options: ExportOptions) => ({
  format: TransferFormat.BINARY,
  variables: (options.refs ?? []).map((ref) => encodeText(ref, "refs")),
  pattern: encodeFilter(options.pattern, "pattern"),
  types: (options.types ?? []).map((type) => encodeText(type, "types")),
  configurationSpace: encodeFilter(options.space, "space"),
  includeHistory: encodeFlag(options.includeHistory, "includeHistory"),
  includeDependencies: options.includeDependencies !== false,
  ...(options.at !== undefined && { at: toWirePoint(options.at) }),
});

const encodeImport = (options: ImportOptions) => ({
  format: TransferFormat.BINARY,
  mergeStrategy: toWireStrategy(options.strategy ?? "keep"),
  allowPartial: encodeFlag(options.allowPartial, "allowPartial"),
  validateOnly: encodeFlag(options.validateOnly, "validateOnly"),
  pattern: encodeFilter(options.pattern, "pattern"),
  includeHistory: options.includeHistory !== false,
  includeDependencies: options.includeDependencies !== false,
});
