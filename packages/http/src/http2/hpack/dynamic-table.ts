import { HpackError } from "./hpack-error.ts";
import type { HeaderField } from "./static-table.ts";

/** What an entry counts for beside the bytes of its name and its value (RFC 7541, 4.1). */
const ENTRY_BYTES = 32;

/** Header fields that one side had the other keep, newest first, within a number of bytes (RFC 7541, 2.3.2 and 4). */
export interface DynamicTable {
  /** The sum of the sizes of its entries; never more than it may hold. */
  readonly bytes: number;
  /** How many bytes it may hold now. */
  readonly maxBytes: number;
  /** Another number after every change. */
  readonly version: number;
  /** Gives an entry; the newest has index 0. Throws HpackError where there is none. */
  at(index: number): HeaderField;
  /** Adds an entry, for which the oldest leave; one that is larger than the whole table empties it (RFC 7541, 4.4). */
  insert(name: string, value: string): void;
  /** Sets how many bytes it may hold from now on; the oldest leave for that (RFC 7541, 4.3). */
  resize(maxBytes: number): void;
}

/** Creates an empty table; inserting into it and evicting from it take constant time. */
export function createDynamicTable(maxTableBytes: number): DynamicTable {
  // A ring: the entry that was inserted as number n, from 0 on, is in place n & (ring.length - 1).
  let ring: (HeaderField | undefined)[] = new Array(8).fill(undefined);
  let inserted = 0;
  let length = 0;
  let bytes = 0;
  let maxBytes = maxTableBytes;
  let version = 0;

  function evictUntil(limit: number): void {
    while (bytes > limit && length > 0) {
      const place = (inserted - length) & (ring.length - 1);
      const oldest = ring[place];
      // What is left in the ring would be kept in memory beyond what the table may hold.
      ring[place] = undefined;
      length--;
      if (oldest !== undefined) bytes -= oldest.name.length + oldest.value.length + ENTRY_BYTES;
    }
  }

  function grow(): void {
    const larger: typeof ring = new Array(ring.length * 2).fill(undefined);
    for (let n = inserted - length; n < inserted; n++) larger[n & (larger.length - 1)] = ring[n & (ring.length - 1)];
    ring = larger;
  }

  return {
    get bytes() {
      return bytes;
    },
    get maxBytes() {
      return maxBytes;
    },
    get version() {
      return version;
    },
    at(index) {
      const field = index < length ? ring[(inserted - 1 - index) & (ring.length - 1)] : undefined;
      if (field === undefined) throw new HpackError("an index is beyond the tables");
      return field;
    },
    insert(name, value) {
      version++;
      const size = name.length + value.length + ENTRY_BYTES;
      evictUntil(maxBytes - size);
      if (size > maxBytes) return;
      if (length === ring.length) grow();
      ring[inserted++ & (ring.length - 1)] = { name, value };
      length++;
      bytes += size;
    },
    resize(limit) {
      if (limit === maxBytes) return;
      version++;
      maxBytes = limit;
      evictUntil(limit);
    },
  };
}
