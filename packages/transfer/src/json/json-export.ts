import type { VariableExport } from "@trimtab/core";
import { fromWireVariableFile, toWireVariableFile } from "@trimtab/wire";
import { decodeText } from "../decode-text.ts";
import { parseJsonFile, toJsonFile } from "./json-file.ts";
import { writeJson } from "./write-json.ts";

/** Writes variables as readable JSON: the message of the binary format in protobuf's JSON, with the schema's names. */
export const encodeJson = (data: VariableExport): Uint8Array<ArrayBuffer> =>
  new TextEncoder().encode(writeJson(toJsonFile(toWireVariableFile(data))));

/**
 * Reads variables from JSON.
 *
 * @throws StoreError `invalid_argument` naming the place and the problem
 */
export const decodeJson = (file: Uint8Array): VariableExport => fromWireVariableFile(parseJsonFile(decodeText(file)));
