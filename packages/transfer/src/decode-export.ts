import { checkExport, kinds, requireArguments, type VariableExport } from "@trimtab/core";
import { decodeVariableFile } from "@trimtab/wire";
import { decodeCsv } from "./csv/csv-export.ts";
import { decodeJson } from "./json/json-export.ts";
import { checkBytes } from "./malformed.ts";
import { decodeTensors } from "./safetensors/tensor-export.ts";
import { checkFormat, recogniseFormat, type TransferFormat } from "./transfer-format.ts";

/** What a file is read with. */
export interface DecodeOptions {
  /** The time, in milliseconds since 1970, that stands in for times which the file does not tell; now unless given. */
  readonly nowMs?: number;
}

const decoding = kinds.options<DecodeOptions>({ nowMs: kinds.time });

const decoders = {
  json: decodeJson,
  binary: decodeVariableFile,
  csv: decodeCsv,
  safetensors: decodeTensors,
} as const satisfies Record<TransferFormat, (file: Uint8Array, nowMs: number) => VariableExport>;

/**
 * Reads a file of variables, of the format given or else of the one that its first bytes show. Arrays and bytes may be
 * shared with the file, so it must not be written to while they are in use.
 *
 * @throws StoreError `invalid_argument` naming the place and the problem for whatever is no such file: nothing else is
 *   thrown, and nothing is taken in by halves
 */
export function decodeExport(file: Uint8Array, format?: TransferFormat, options: DecodeOptions = {}): VariableExport {
  checkBytes(file);
  requireArguments([["options", decoding]], [options]);
  if (format !== undefined) checkFormat(format);
  const data = decoders[format ?? recogniseFormat(file)](file, options.nowMs ?? Date.now());
  checkExport(data);
  return data;
}
