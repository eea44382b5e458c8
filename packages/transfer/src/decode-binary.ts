import { fromBinary } from "@bufbuild/protobuf";
import type { VariableExport } from "@trimtab/core";
import { fromWireVariableFile } from "@trimtab/wire";
import { type VariableFile, VariableFileSchema } from "@trimtab/wire/services";
import { malformed, problemOf } from "./malformed.ts";
import { maxMessageDepth } from "./max-message-depth.ts";

/**
 * Reads a file of variables in protobuf.
 *
 * @throws StoreError `invalid_argument` naming the place and the problem
 */
export const decodeBinary = (file: Uint8Array): VariableExport => fromWireVariableFile(parse(file));

function parse(file: Uint8Array): VariableFile {
  try {
    return fromBinary(VariableFileSchema, file, { recursionLimit: maxMessageDepth });
  } catch (error) {
    throw malformed("data", `cannot be read: ${problemOf(error)}`);
  }
}
