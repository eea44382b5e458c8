import { counted, isNdArray, kinds, type NdArray, requireArguments } from "@trimtab/core";
import { checkBytes, malformed } from "../malformed.ts";
import { formatNames, layoutOrder } from "./element-formats.ts";
import { metadataKey, readHeader } from "./safetensors-header.ts";

/** Arrays by name, as a safetensors file holds them. */
export interface Safetensors {
  readonly tensors: ReadonlyMap<string, NdArray>;
  /** Free text by name; a file whose writer gave none has none. */
  readonly metadata: ReadonlyMap<string, string>;
}

const { object, optional } = kinds;

const map: kinds.Kind<ReadonlyMap<string, unknown>> = (value, field) =>
  kinds.having("get", "entries")(value, field) ?? kinds.iterable(value, field);

const fileArguments = [
  ["file", object<Partial<Safetensors>>({ tensors: optional(map), metadata: optional(map) })],
] as const;

/** Most bytes that a header may take; the reference implementation reads no larger one. */
const maxHeaderBytes = 100_000_000;

/**
 * Writes arrays as a safetensors file, byte for byte as the reference implementation of Hugging Face does: the length of the
 * header, the header as JSON padded to a multiple of 8 bytes, then the elements without gaps, those of the largest alignment
 * first and then by name. The keys of the metadata, which it leaves in any order, are sorted.
 *
 * @throws StoreError `invalid_argument` for a tensor named `__metadata__`, for text that is ill-formed Unicode, for an array
 *   whose bytes do not fit its shape, and for a header above 100 000 000 bytes
 */
export function toSafetensors(file: Partial<Safetensors>): Uint8Array<ArrayBuffer> {
  requireArguments(fileArguments, [file]);
  const { tensors = new Map<string, NdArray>(), metadata } = file;
  for (const [name, array] of tensors) checkTensor(name, array);
  const ordered = [...tensors].sort(byLayout);
  const fields = metadata === undefined || metadata.size === 0 ? [] : [metadataField(metadata)];
  let offset = 0;
  for (const [name, array] of ordered) {
    const { dtype, shape, data } = array;
    const info = { dtype: formatNames[dtype], shape, data_offsets: [offset, offset + data.byteLength] };
    fields.push(`${JSON.stringify(name)}:${JSON.stringify(info)}`);
    offset += data.byteLength;
  }
  const header = new TextEncoder().encode(`{${fields.join(",")}}`);
  const length = Math.ceil(header.byteLength / 8) * 8;
  if (length > maxHeaderBytes) {
    throw malformed("header", `takes ${length} bytes, at most ${maxHeaderBytes} are allowed`, length, maxHeaderBytes);
  }
  const bytes = new Uint8Array(8 + length + offset).fill(0x20, 8, 8 + length);
  new DataView(bytes.buffer).setBigUint64(0, BigInt(length), true);
  bytes.set(header, 8);
  let at = 8 + length;
  for (const [, { data }] of ordered) {
    bytes.set(data, at);
    at += data.byteLength;
  }
  return bytes;
}

function metadataField(metadata: ReadonlyMap<string, string>): string {
  for (const [key, text] of metadata) {
    if (typeof key !== "string" || typeof text !== "string") throw malformed("metadata", "must be texts by name");
    if (!key.isWellFormed() || !text.isWellFormed()) throw malformed("metadata", "is not well-formed Unicode");
  }
  const entries = [...metadata].sort(([a], [b]) => compareCodePoints(a, b));
  return `"${metadataKey}":{${entries.map(([key, text]) => `${JSON.stringify(key)}:${JSON.stringify(text)}`).join(",")}}`;
}

function checkTensor(name: string, array: NdArray): void {
  if (typeof name !== "string") throw malformed("tensors", "must be arrays by name");
  const path = `tensors.${name}`;
  if (name === metadataKey) throw malformed(path, "has the name of the metadata");
  if (!name.isWellFormed()) throw malformed("tensors", "has a name that is not well-formed Unicode");
  if (!isNdArray(array)) throw malformed(path, "has bytes that do not fit its dtype and shape");
}

const byLayout = ([aName, a]: [string, NdArray], [bName, b]: [string, NdArray]): number =>
  (layoutOrder.get(a.dtype) ?? 0) - (layoutOrder.get(b.dtype) ?? 0) || compareCodePoints(aName, bName);

/** The order of text as UTF-8, which that of JavaScript is not beyond the Basic Multilingual Plane. */
function compareCodePoints(a: string, b: string): number {
  let at = 0;
  while (at < a.length && a[at] === b[at]) at++;
  // Where only the second half of a pair differs, the halves compare as the code points do.
  return (a.codePointAt(at) ?? -1) - (b.codePointAt(at) ?? -1);
}

/**
 * Reads a safetensors file, whoever wrote it. The arrays share their bytes with it.
 *
 * @throws StoreError `invalid_argument` naming the place and the problem: for a header that is truncated, too large or no
 *   JSON of this format, an unknown dtype, and tensors that overlap, leave gaps, do not fit their shape or run out of the file
 */
export function fromSafetensors(file: Uint8Array): Safetensors {
  checkBytes(file);
  const { infos, metadata, dataStart } = readHeader(file, maxHeaderBytes);
  const data = file.subarray(dataStart);
  let end = 0;
  const tensors = new Map<string, NdArray>();
  for (const { name, dtype, shape, offsets, sizeBytes } of infos) {
    const path = `data.${name}`;
    const [from, to] = offsets;
    if (from !== end) {
      const problem = from < end ? "overlaps the one before" : "leaves a gap before it";
      throw malformed(path, `${problem}: begins at byte ${from}, not ${end}`, from);
    }
    if (to - from !== sizeBytes) {
      throw malformed(path, `takes ${counted(to - from, "byte")}, its dtype and shape ${sizeBytes}`, to - from);
    }
    if (to > data.byteLength) throw malformed(path, `ends at byte ${to} of ${data.byteLength}`, to);
    tensors.set(name, { dtype, shape, data: data.subarray(from, to) });
    end = to;
  }
  if (end !== data.byteLength)
    throw malformed("data", `has ${counted(data.byteLength - end, "byte")} after the last tensor`);
  return { tensors, metadata };
}
