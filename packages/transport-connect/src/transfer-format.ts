import { storeError } from "@trimtab/core";
import { type TransferFormat, transferFormats } from "@trimtab/transfer";
import { TransferFormat as WireFormat } from "@trimtab/wire/services";

const wireFormats = {
  json: WireFormat.JSON,
  binary: WireFormat.BINARY,
  csv: WireFormat.CSV,
  safetensors: WireFormat.SAFETENSORS,
} as const satisfies Record<TransferFormat, WireFormat>;

/** Puts a kind of file on the wire. */
export const toWireFormat = (format: TransferFormat): WireFormat => wireFormats[format];

/**
 * Reads a kind of file; not said means JSON.
 *
 * @throws StoreError `invalid_argument` for one that is not known here
 */
export function fromWireFormat(wire: WireFormat): TransferFormat {
  if (wire === WireFormat.UNSPECIFIED) return "json";
  const formats = Object.keys(transferFormats) as TransferFormat[];
  const known = formats.find((format) => wireFormats[format] === wire);
  if (known !== undefined) return known;
  throw storeError("invalid_argument", `format is the unknown choice ${wire}`, {
    field: "format",
    value: Number(wire),
  });
}
