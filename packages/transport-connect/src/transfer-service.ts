import { create, type MessageInitShape } from "@bufbuild/protobuf";
import type { ServiceImpl } from "@connectrpc/connect";
import { type ExportOptions, type ImportOptions, type Store, storeError, type VariableExport } from "@trimtab/core";
import {
  decodeVariableFile,
  encodeVariableFile,
  fromWireContext,
  fromWirePoint,
  fromWireStrategy,
  present,
  toTimestamp,
  toUint64,
  toWireImportSummary,
  type VariableFileFormat,
  variableFileVersion,
} from "@trimtab/wire";
import {
  type ExportVariablesRequest,
  type ExportVariablesResponse,
  ExportVariablesResponseSchema,
  type ImportVariablesRequest,
  TransferFormat,
  type TransferService,
} from "@trimtab/wire/services";
import type { Calls } from "./calls.ts";
import { sessionOf } from "./request-parts.ts";

/** Bytes of one piece of an export. */
const chunkBytes = 1024 * 1024;

/** Serves what takes a store's variables out of one session and into another. Uploads in pieces are not served. */
export const createTransferService = (
  store: Store,
  { stream, unary }: Calls,
): Pick<ServiceImpl<typeof TransferService>, "exportVariables" | "importVariables"> => ({
  exportVariables: stream((request) => exportFile(store, request)),
  importVariables: unary(async (request) => {
    const format = fromWireFormat(request.options?.format ?? TransferFormat.UNSPECIFIED);
    const data = decodeVariableFile(request.data, format);
    const summary = await store.importVariables(sessionOf(request), data, toImportOptions(request));
    return { summary: toWireImportSummary(summary), revision: toUint64(summary.revision) };
  }),
});

async function* exportFile(store: Store, request: ExportVariablesRequest): AsyncGenerator<ExportVariablesResponse> {
  const format = fromWireFormat(request.format);
  const data = await store.exportVariables(sessionOf(request), toExportOptions(request));
  const file = encodeVariableFile(data, format);
  yield part({ case: "header", value: headerOf(data, format) });
  for (let at = 0; at < file.byteLength; at += chunkBytes) {
    yield part({ case: "chunk", value: file.subarray(at, at + chunkBytes) });
  }
  yield part({ case: "summary", value: await summaryOf(data, file) });
}

type Part = NonNullable<MessageInitShape<typeof ExportVariablesResponseSchema>["part"]>;

const part = (message: Part): ExportVariablesResponse => create(ExportVariablesResponseSchema, { part: message });

const kinds = {
  json: { format: TransferFormat.JSON, contentType: "application/json", ending: "json" },
  binary: { format: TransferFormat.BINARY, contentType: "application/x-protobuf", ending: "binpb" },
} as const satisfies Record<VariableFileFormat, object>;

function headerOf({ session, revision, exportedAtMs }: VariableExport, kind: VariableFileFormat) {
  const { format, contentType, ending } = kinds[kind];
  return {
    format,
    schemaVersion: variableFileVersion,
    contentType,
    fileName: `${session}-${revision}.${ending}`,
    sessionId: session,
    revision: toUint64(revision),
    exportedAt: toTimestamp(exportedAtMs),
  };
}

async function summaryOf({ variables, dependencies, history }: VariableExport, file: Uint8Array) {
  const versions = [...history.values()].reduce((count, each) => count + each.length, 0);
  return {
    variableCount: toUint64(variables.length),
    dependencyCount: toUint64(dependencies.length),
    versionCount: toUint64(versions),
    sizeBytes: toUint64(file.byteLength),
    sha256: new Uint8Array(await crypto.subtle.digest("SHA-256", new Uint8Array(file))),
  };
}

function fromWireFormat(format: TransferFormat): VariableFileFormat {
  if (format === TransferFormat.UNSPECIFIED || format === TransferFormat.JSON) return "json";
  if (format === TransferFormat.BINARY) return "binary";
  throw storeError("unimplemented", `format ${format} is not supported by this server`, { feature: "format" });
}

const toExportOptions = (request: ExportVariablesRequest): ExportOptions =>
  present({
    refs: request.variables.length > 0 ? request.variables : undefined,
    pattern: request.pattern || undefined,
    types: request.types.length > 0 ? request.types : undefined,
    space: request.configurationSpace || undefined,
    includeHistory: request.includeHistory,
    includeDependencies: request.includeDependencies,
    at: fromWirePoint(request.at, "at"),
  });

const toImportOptions = ({ options, context }: ImportVariablesRequest): ImportOptions =>
  present({
    ...fromWireContext(context),
    strategy: options && fromWireStrategy(options.mergeStrategy),
    allowPartial: options?.allowPartial,
    validateOnly: options?.validateOnly,
    pattern: options?.pattern || undefined,
    includeHistory: options?.includeHistory ?? false,
    includeDependencies: options?.includeDependencies ?? false,
  });
