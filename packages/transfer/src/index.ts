export { type DecodeOptions, decodeExport } from "./decode-export.ts";
export { encodeExport } from "./encode-export.ts";
export type { PlainValue } from "./plain/plain-value.ts";
export {
  fromPlain,
  type ParsedPlain,
  type PlainSurroundings,
  type PlainVariable,
  type PlainVersion,
  toPlain,
} from "./plain/plain-variable.ts";
export { toMap, type VariableMap } from "./plain/variable-map.ts";
export { fromSafetensors, type Safetensors, toSafetensors } from "./safetensors/safetensors.ts";
export {
  isTransferFormat,
  recogniseFormat,
  type TransferFormat,
  type TransferFormatInfo,
  transferFormats,
} from "./transfer-format.ts";
