import { kinds, requireArguments } from "@trimtab/core";
import { variableFileVersion } from "@trimtab/wire";
import { checkBytes, malformed } from "./malformed.ts";

/** What a kind of file is called and what it holds beside the variables themselves. */
export interface TransferFormatInfo {
  readonly mediaType: string;
  /** Ending of a file name, with the dot. */
  readonly suffix: string;
  /** Version of the layout that is written; every version up to it is read. */
  readonly schemaVersion: number;
  readonly holdsHistory: boolean;
  readonly holdsDependencies: boolean;
}

/** The kinds of files that variables can be written as. */
export const transferFormats = {
  json: {
    mediaType: "application/json",
    suffix: ".json",
    schemaVersion: variableFileVersion,
    holdsHistory: true,
    holdsDependencies: true,
  },
  binary: {
    mediaType: "application/x-protobuf",
    suffix: ".binpb",
    schemaVersion: variableFileVersion,
    holdsHistory: true,
    holdsDependencies: true,
  },
  csv: {
    mediaType: "text/csv; charset=utf-8; header=present",
    suffix: ".csv",
    schemaVersion: 1,
    holdsHistory: false,
    holdsDependencies: false,
  },
  safetensors: {
    mediaType: "application/octet-stream",
    suffix: ".safetensors",
    schemaVersion: variableFileVersion,
    holdsHistory: false,
    holdsDependencies: true,
  },
} as const satisfies Record<string, TransferFormatInfo>;

/** One of {@link transferFormats}. */
export type TransferFormat = keyof typeof transferFormats;

/** Says whether something names one of {@link transferFormats}. */
export const isTransferFormat = (name: unknown): name is TransferFormat =>
  typeof name === "string" && Object.hasOwn(transferFormats, name);

const formats = kinds.oneOf(Object.keys(transferFormats));

/** Throws `invalid_argument` for what names none of {@link transferFormats}. */
export const checkFormat = (format: unknown): void => requireArguments([["format", formats]], [format]);

/** How a file of the binary format begins: field 1, text of 17 bytes, which tells what the file is. */
const binaryStart = new TextEncoder().encode("\n\x11trimtab-variables");

const openingBrace = 0x7b;

const byteOrderMark = Uint8Array.of(0xef, 0xbb, 0xbf);

/**
 * Tells the format of a file by its first bytes; whether the rest follows from them is for the reader to find.
 *
 * @throws StoreError `invalid_argument` for an empty file and for bytes that begin none of the formats
 */
export function recogniseFormat(file: Uint8Array): TransferFormat {
  checkBytes(file);
  if (file.byteLength === 0) throw malformed("data", "is empty");
  if (startsWith(file, binaryStart)) return "binary";
  if (hasSafetensorsHeader(file)) return "safetensors";
  const text = startsWith(file, byteOrderMark) ? file.subarray(byteOrderMark.byteLength) : file;
  const first = text.find((byte) => !isSpace(byte));
  if (first === openingBrace) return "json";
  if (isCsvHeader(text)) return "csv";
  throw malformed("data", `is none of ${Object.keys(transferFormats).join(", ")}`);
}

/** A length that fits the file, and then a JSON object; of JSON or CSV the first eight bytes would make a vast number. */
function hasSafetensorsHeader(file: Uint8Array): boolean {
  if (file.byteLength < 10 || file[8] !== openingBrace) return false;
  const view = new DataView(file.buffer, file.byteOffset, file.byteLength);
  return view.getBigUint64(0, true) <= BigInt(file.byteLength - 8);
}

/** A first line that names the columns without which there is no variable. */
function isCsvHeader(text: Uint8Array): boolean {
  const end = text.findIndex((byte) => byte === 0x0a || byte === 0x0d);
  const line = new TextDecoder().decode(text.subarray(0, Math.min(end < 0 ? text.byteLength : end, 4096)));
  const columns = line.split(",").map((cell) => cell.trim().replace(/^"(.*)"$/, "$1"));
  return columns.includes("name") && columns.includes("type");
}

const startsWith = (bytes: Uint8Array, start: Uint8Array): boolean => start.every((byte, at) => bytes[at] === byte);

const isSpace = (byte: number): boolean => byte === 0x20 || byte === 0x0a || byte === 0x0d || byte === 0x09;
