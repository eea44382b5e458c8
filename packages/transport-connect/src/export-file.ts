import { create, type MessageInitShape } from "@bufbuild/protobuf";
import { type ExportOptions, type Store, storeError, type VariableExport } from "@trimtab/core";
import { encodeExport, type TransferFormat, transferFormats } from "@trimtab/transfer";
import { fromWirePoint, present, toTimestamp, toUint64 } from "@trimtab/wire";
import {
  type ExportVariablesRequest,
  type ExportVariablesResponse,
  ExportVariablesResponseSchema,
} from "@trimtab/wire/services";
import { sessionOf } from "./request-parts.ts";
import { fromWireFormat, toWireFormat } from "./transfer-format.ts";

/** Bytes of one piece of an export. */
const chunkBytes = 1024 * 1024;

/** Gives an export as it is streamed: a header, the file in pieces, and a summary that vouches for it. */
export async function* exportFile(
  store: Store,
  request: ExportVariablesRequest,
): AsyncGenerator<ExportVariablesResponse> {
  const format = fromWireFormat(request.format);
  checkHeld(request, format);
  const data = await store.exportVariables(sessionOf(request), toExportOptions(request));
  const file = encodeExport(data, format);
  yield part({ case: "header", value: headerOf(data, format) });
  for (let at = 0; at < file.byteLength; at += chunkBytes) {
    yield part({ case: "chunk", value: file.subarray(at, at + chunkBytes) });
  }
  yield part({ case: "summary", value: await summaryOf(data, file) });
}

/** Refuses to leave out silently what was asked for. */
function checkHeld(request: ExportVariablesRequest, format: TransferFormat): void {
  const { holdsHistory, holdsDependencies } = transferFormats[format];
  if (request.includeHistory && !holdsHistory) throw notHeld("include_history", `${format} holds no history`);
  if (request.includeDependencies && !holdsDependencies) {
    throw notHeld("include_dependencies", `${format} holds no dependencies`);
  }
}

const notHeld = (field: string, why: string) =>
  storeError("invalid_argument", `${field} cannot be had: ${why}`, { field, value: true });

type Part = NonNullable<MessageInitShape<typeof ExportVariablesResponseSchema>["part"]>;

const part = (message: Part): ExportVariablesResponse => create(ExportVariablesResponseSchema, { part: message });

/** A session's id in what every file system takes in a name, and in no more than there is room for beside the rest. */
const fileNameOf = (session: string): string =>
  Array.from(session.replace(/[^\p{L}\p{N} ._-]/gu, "_"))
    .slice(0, 50)
    .join("");

function headerOf({ session, revision, exportedAtMs }: VariableExport, format: TransferFormat) {
  const { schemaVersion, mediaType, suffix } = transferFormats[format];
  return {
    format: toWireFormat(format),
    schemaVersion,
    contentType: mediaType,
    fileName: `${fileNameOf(session)}-${revision}${suffix}`,
    sessionId: session,
    revision: toUint64(revision),
    exportedAt: toTimestamp(exportedAtMs),
  };
}

async function summaryOf({ variables, dependencies, history }: VariableExport, file: Uint8Array<ArrayBuffer>) {
  const versions = [...history.values()].reduce((count, each) => count + each.length, 0);
  return {
    variableCount: toUint64(variables.length),
    dependencyCount: toUint64(dependencies.length),
    versionCount: toUint64(versions),
    sizeBytes: toUint64(file.byteLength),
    sha256: new Uint8Array(await crypto.subtle.digest("SHA-256", file)),
  };
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
