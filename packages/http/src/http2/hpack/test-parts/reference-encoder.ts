import { staticFields } from "../static-table.ts";
import { appendixB } from "./appendix-b.ts";

/** One of the three forms in which a field may be written out. */
export type LiteralForm = "indexing" | "plain" | "never";

/** A field, and which of the ways to write it is taken. */
export interface FieldToEncode {
  readonly name: string;
  readonly value: string;
  readonly form: LiteralForm;
  /** Whether a table's entry that is the whole field is referred to, where there is one. */
  readonly asIndex: boolean;
  /** Whether a table's entry that has the name is referred to, where there is one. */
  readonly withNameIndex: boolean;
  readonly isNameHuffman: boolean;
  readonly isValueHuffman: boolean;
}

type Entry = readonly [name: string, value: string];

const FORMS = { indexing: [0x40, 6], plain: [0x00, 4], never: [0x10, 4] } as const;

const sizeOf = ([name, value]: Entry) => name.length + value.length + 32;

/** Creates an encoder that can write every representation of RFC 7541, in the plainest way, to hold a decoder against. */
export function createReferenceEncoder(maxTableBytes: number) {
  let max = maxTableBytes;
  let table: Entry[] = [];

  const tableBytes = () => table.reduce((sum, entry) => sum + sizeOf(entry), 0);

  function evict(): void {
    while (tableBytes() > max) table.pop();
  }

  function insert(entry: Entry): void {
    table = [entry, ...table];
    evict();
  }

  /** The index of the first entry that is as wanted, or 0. */
  const find = (isWanted: (entry: Entry) => boolean) =>
    [...staticFields.map(({ name, value }): Entry => [name, value]), ...table].findIndex(isWanted) + 1;

  function encodeField({ name, value, form, ...how }: FieldToEncode): number[] {
    const whole = how.asIndex ? find((entry) => entry[0] === name && entry[1] === value) : 0;
    if (whole > 0) return encodeInteger(0x80, 7, whole);
    const [flags, prefixBits] = FORMS[form];
    const index = how.withNameIndex ? find((entry) => entry[0] === name) : 0;
    if (form === "indexing") insert([name, value]);
    return [
      ...encodeInteger(flags, prefixBits, index),
      ...(index === 0 ? encodeString(name, how.isNameHuffman) : []),
      ...encodeString(value, how.isValueHuffman),
    ];
  }

  return {
    get table(): readonly Entry[] {
      return table;
    },
    get tableBytes() {
      return tableBytes();
    },
    /** Writes a block: first what the table's size is set to, then the fields. */
    encode(fields: readonly FieldToEncode[], resizes: readonly number[] = []): Buffer {
      const updates = resizes.flatMap((bytes) => {
        max = bytes;
        evict();
        return encodeInteger(0x20, 5, bytes);
      });
      return Buffer.from([...updates, ...fields.flatMap(encodeField)]);
    },
  };
}

/** Writes an integer as the pseudocode of RFC 7541, 5.1 does. */
export function encodeInteger(flags: number, prefixBits: number, value: number): number[] {
  const most = 2 ** prefixBits - 1;
  if (value < most) return [flags + value];
  const bytes = [flags + most];
  let rest = value - most;
  for (; rest >= 128; rest = Math.floor(rest / 128)) bytes.push((rest % 128) + 128);
  return [...bytes, rest];
}

/** Writes a string literal (RFC 7541, 5.2) of characters that are a byte each. */
export function encodeString(text: string, isHuffman: boolean): number[] {
  const bytes = isHuffman ? encodeHuffman(text) : [...Buffer.from(text, "latin1")];
  return [...encodeInteger(isHuffman ? 0x80 : 0, 7, bytes.length), ...bytes];
}

/** Writes the codes of characters that are a byte each, and pads them with ones to whole bytes. */
export function encodeHuffman(text: string): number[] {
  return toBytes([...Buffer.from(text, "latin1")].map(bitsOf).join(""));
}

/** Gives the code of a symbol as a text of zeros and ones. */
export function bitsOf(symbol: number): string {
  const code = appendixB[symbol];
  if (code === undefined) throw new RangeError(`there is no symbol ${symbol}`);
  return code.bits.toString(2).padStart(code.length, "0");
}

/** Gives the bytes of a text of zeros and ones, padded with ones. */
export function toBytes(bits: string): number[] {
  return (bits.match(/.{1,8}/g) ?? []).map((byte) => Number.parseInt(byte.padEnd(8, "1"), 2));
}
