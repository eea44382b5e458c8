import { createDynamicTable, type DynamicTable } from "./dynamic-table.ts";
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
}

/**
 * Creates a decoder.
 *
 * @param table an empty table that nobody else changes, of the size that the peer may have it hold; unless given, of the 4096 bytes
 * that HTTP/2 has by default
 */
export function createHeaderDecoder(table: DynamicTable = createDynamicTable(DEFAULT_TABLE_BYTES)): HeaderDecoder {
  const limit = table.maxBytes;
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
      at += head & INTEGER_BYTES;
    }
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
  };
}

const isResize = (first: number | undefined) => first !== undefined && first >= RESIZE && first < INDEXING;
