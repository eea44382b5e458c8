import { createDynamicTable } from "./dynamic-table.ts";
import { HpackError } from "./hpack-error.ts";
import { INTEGER_BYTES, INTEGER_SHIFT, readInteger } from "./integer.ts";
import { createLiteralReader } from "./literal-reader.ts";
import { type HeaderField, staticFields } from "./static-table.ts";

/** What a protocol's peer may assume before it is told otherwise, in bytes (RFC 9113, 6.5.2: SETTINGS_HEADER_TABLE_SIZE). */
const DEFAULT_TABLE_BYTES = 4096;

/** What the first byte of each representation has set (RFC 7541, 6); what has none of them is a literal that is not indexed. */
const INDEXED = 0x80;
const INDEXING = 0x40;
const RESIZE = 0x20;

const MAX_RESIZES = 2;

/** Takes one field of a block. Its name is as the peer wrote it: nothing is checked but that the block could be decoded. */
export type FieldSink = (name: string, value: string) => void;

/** Decodes the header blocks of one direction of one connection, each in its turn (RFC 7541; RFC 9113, 4.3). */
export interface HeaderDecoder {
  /**
   * Another number after each block that changed the dynamic table. A block that left it as it was has the same fields whenever
   * it comes again at the same version.
   */
  readonly version: number;
  /** The size of the dynamic table now, as RFC 7541, 4.1 counts it. */
  readonly tableBytes: number;
  /**
   * Decodes a whole block and gives its fields in their order; one character is one byte (latin1). What is given of a field in
   * a table is the table's string, not a copy; apart from those a block costs no more than 8/5 of its length in memory. To stop
   * collecting is the sink's affair: the block has to be decoded to its end all the same, or the tables differ from then on; so a
   * sink does not throw.
   *
   * @throws HpackError where the block is not what RFC 7541 allows; some fields may have been given. Nothing more can be decoded
   * then, since the two sides' tables may differ.
   */
  decode(block: Buffer, onField: FieldSink): void;
  /**
   * Tells which SETTINGS_HEADER_TABLE_SIZE the peer has acknowledged. Where that is less than the table may hold now, the next
   * block has to begin with an update of its size (RFC 9113, 4.3.1).
   */
  limitTable(maxTableBytes: number): void;
}

/** Settings of a {@link HeaderDecoder}. */
export interface HeaderDecoderOptions {
  /** How many bytes the peer may have the dynamic table hold, and what it holds at first; 4096 if not given, as in HTTP/2. */
  readonly maxTableBytes?: number;
}

/** Creates a decoder whose dynamic table is empty. */
export function createHeaderDecoder(options: HeaderDecoderOptions = {}): HeaderDecoder {
  let limit = options.maxTableBytes ?? DEFAULT_TABLE_BYTES;
  let isResizeDue = false;
  const table = createDynamicTable(limit);
  const literals = createLiteralReader();

  /** Gives a field by its index, which counts from 1 through the static and on through the dynamic table (RFC 7541, 2.3.3). */
  function fieldAt(index: number): HeaderField {
    if (index === 0) throw new HpackError("an index is 0");
    return staticFields[index - 1] ?? table.at(index - 1 - staticFields.length);
  }

  /** Reads the updates of the table's size, which come first (RFC 7541, 4.2), and gives where they end. */
  function readResizes(block: Buffer): number {
    let at = 0;
    for (let resizes = 0; isResize(block[at]); resizes++) {
      if (resizes === MAX_RESIZES) throw new HpackError("a block has more than two updates of the table's size");
      const head = readInteger(block, at, RESIZE - 1);
      const maxBytes = head >>> INTEGER_SHIFT;
      if (maxBytes > limit) throw new HpackError("an update of the table's size is beyond what was allowed");
      table.resize(maxBytes);
      isResizeDue = false;
      at += head & INTEGER_BYTES;
    }
    if (isResizeDue) throw new HpackError("a block does not begin with the update of the table's size that was due");
    return at;
  }

  /** Reads a literal (RFC 7541, 6.2) with or without indexing, and gives where it ends. */
  function readLiteral(block: Buffer, at: number, onField: FieldSink): number {
    const isIndexing = (block[at] as number) >= INDEXING;
    const head = readInteger(block, at, isIndexing ? 0x3f : 0x0f);
    const index = head >>> INTEGER_SHIFT;
    let next = at + (head & INTEGER_BYTES);
    let name: string;
    if (index === 0) {
      name = literals.read(block, next);
      next = literals.end;
    } else name = fieldAt(index).name;
    const value = literals.read(block, next);
    next = literals.end;
    if (isIndexing) table.insert(name, value);
    onField(name, value);
    return next;
  }

  return {
    get version() {
      return table.version;
    },
    get tableBytes() {
      return table.bytes;
    },
    decode(block, onField) {
      let at = readResizes(block);
      while (at < block.length) {
        const first = block[at] as number;
        if (first >= INDEXED) {
          const head = readInteger(block, at, INDEXED - 1);
          const { name, value } = fieldAt(head >>> INTEGER_SHIFT);
          at += head & INTEGER_BYTES;
          onField(name, value);
        } else if (isResize(first)) {
          throw new HpackError("an update of the table's size comes after a field");
        } else at = readLiteral(block, at, onField);
      }
    },
    limitTable(maxTableBytes) {
      limit = maxTableBytes;
      if (limit < table.maxBytes) isResizeDue = true;
    },
  };
}

const isResize = (first: number | undefined) => first !== undefined && first >= RESIZE && first < INDEXING;
