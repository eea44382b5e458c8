import { counted, type DType, dtypeBytes, elementCount } from "@trimtab/core";
import { decodeText } from "../decode-text.ts";
import { isJsonRecord, type JsonRecord, parseJsonRecord } from "../json/parse-json.ts";
import { malformed } from "../malformed.ts";
import { dtypesByName } from "./element-formats.ts";

/** The key of the header that is no tensor. */
export const metadataKey = "__metadata__";

/** What a header says of a tensor; the offsets count from the end of the header. */
export interface TensorInfo {
  readonly name: string;
  readonly dtype: DType;
  readonly shape: readonly number[];
  readonly offsets: readonly [number, number];
  /** Bytes that dtype and shape ask for. */
  readonly sizeBytes: number;
}

/** A header, with its tensors in the order of their offsets. */
export interface SafetensorsHeader {
  readonly infos: readonly TensorInfo[];
  readonly metadata: ReadonlyMap<string, string>;
  /** Where the elements begin. */
  readonly dataStart: number;
}

/**
 * Reads the header of a safetensors file. Whether its offsets fit the rest is left to the caller.
 *
 * @throws StoreError `invalid_argument` naming the place and the problem
 */
export function readHeader(file: Uint8Array, maxBytes: number): SafetensorsHeader {
  if (file.byteLength < 8)
    throw malformed("data.header", `is truncated: the file has ${counted(file.byteLength, "byte")}`);
  const length = new DataView(file.buffer, file.byteOffset, file.byteLength).getBigUint64(0, true);
  if (length > BigInt(maxBytes))
    throw malformed("data.header", `takes ${length} bytes, at most ${maxBytes} are allowed`, length, maxBytes);
  const dataStart = 8 + Number(length);
  if (dataStart > file.byteLength)
    throw malformed("data.header", `is truncated: ${counted(length, "byte does", "bytes do")} not fit the file`);
  // A byte order mark would be passed over; the format begins with the brace.
  if (file[8] !== 0x7b) throw malformed("data.header", "does not begin with {");
  const header = parseJsonRecord(decodeText(file.subarray(8, dataStart), "data.header"), "data.header");
  const { [metadataKey]: metadata = {}, ...tensors } = header;
  const infos = Object.entries(tensors).map(([name, info]) => readInfo(name, info));
  infos.sort((a, b) => a.offsets[0] - b.offsets[0] || a.offsets[1] - b.offsets[1]);
  return { infos, metadata: readMetadata(metadata), dataStart };
}

function readMetadata(metadata: unknown): ReadonlyMap<string, string> {
  if (!isJsonRecord(metadata)) throw malformed(`data.header.${metadataKey}`, "must be a JSON object");
  return new Map(
    Object.entries(metadata).map(([key, text]) => {
      if (typeof text !== "string") throw malformed(`data.header.${metadataKey}.${key}`, "must be text");
      return [key, text];
    }),
  );
}

function readInfo(name: string, info: unknown): TensorInfo {
  const path = `data.header.${name}`;
  if (!isJsonRecord(info)) throw malformed(path, "must be a JSON object");
  const dtype = readDtype(info, `${path}.dtype`);
  const shape = readCounts(info["shape"], `${path}.shape`);
  const [from, to, ...more] = readCounts(info["data_offsets"], `${path}.data_offsets`);
  if (from === undefined || to === undefined || more.length > 0 || to < from) {
    throw malformed(`${path}.data_offsets`, "must be where the tensor begins and where it ends");
  }
  const sizeBytes = elementCount(shape) * dtypeBytes[dtype];
  if (!Number.isSafeInteger(sizeBytes)) throw malformed(`${path}.shape`, "has more elements than any file");
  return { name, dtype, shape, offsets: [from, to], sizeBytes };
}

function readDtype({ dtype }: JsonRecord, path: string): DType {
  const known = typeof dtype === "string" ? dtypesByName.get(dtype) : undefined;
  if (known !== undefined) return known;
  const shown = typeof dtype === "string" ? dtype.slice(0, 40) : typeof dtype;
  throw malformed(path, `must be one of ${[...dtypesByName.keys()].join(", ")}, got ${shown}`);
}

function readCounts(list: unknown, path: string): number[] {
  const isCount = (item: unknown): item is number =>
    typeof item === "number" && Number.isSafeInteger(item) && item >= 0;
  if (Array.isArray(list) && list.every(isCount)) return list;
  throw malformed(path, "must be a list of whole numbers of at least 0");
}
