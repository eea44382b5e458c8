import { requireArguments, storeArguments, type VariableExport } from "@trimtab/core";
import { encodeVariableFile } from "@trimtab/wire";
import { encodeCsv } from "./csv/csv-export.ts";
import { encodeJson } from "./json/json-export.ts";
import { encodeTensors } from "./safetensors/tensor-export.ts";
import { checkFormat, type TransferFormat } from "./transfer-format.ts";

const encoders = {
  json: encodeJson,
  binary: encodeVariableFile,
  csv: encodeCsv,
  safetensors: encodeTensors,
} as const satisfies Record<TransferFormat, (data: VariableExport) => Uint8Array<ArrayBuffer>>;

/**
 * Writes variables as a file. What the format does not hold, see `transferFormats`, is left out; the rest comes back
 * exactly from `decodeExport`. The same data gives the same bytes, but for the order of named values in `binary`.
 *
 * @throws StoreError `invalid_argument` for an unknown format, and for data of another kind
 */
export function encodeExport(data: VariableExport, format: TransferFormat): Uint8Array<ArrayBuffer> {
  checkFormat(format);
  requireArguments([storeArguments.importVariables[1]], [data]);
  return encoders[format](data);
}
