import { type AuditCodec, endOfFirstPart } from "@trimtab/audit";
import { type CommitLog, isLogError, LogError } from "@trimtab/log";
import { createSealer, isSealed, type SealerOptions } from "@trimtab/log-sealed";
import { fromWireAuditEntry, toWireAuditEntry } from "@trimtab/wire";
import { decodeMessage, encodeMessage } from "@trimtab/wire/binary";
import { AuditEntrySchema } from "@trimtab/wire/services";

/** What entries are sealed with. */
export type AuditKeys = SealerOptions["keys"];

/** What is sealed says where it stands, so that nobody can pass one entry off as another. */
const placeOf = (number: number): string => `audit ${number}`;

const plain: AuditCodec = {
  encode: (entry) => encodeMessage(AuditEntrySchema, toWireAuditEntry(entry)),
  decode(bytes) {
    if (!isSealed(bytes)) return fromWireAuditEntry(decodeMessage(AuditEntrySchema, bytes));
    throw new LogError("unsupported", "the audit is sealed, and there is no key to open it with", {});
  },
};

/**
 * Makes what puts entries into bytes: sealed where there are keys. The chain is over what is stored, so that it can be checked without a
 * key. Entries from before there was one stay as they are and are read; after the first that is sealed none in the clear is.
 */
export async function openEntryCodec(log: CommitLog, keys: AuditKeys | undefined): Promise<AuditCodec> {
  if (keys === undefined) return plain;
  const sealer = createSealer({ keys });
  const plainThrough = await endOfFirstPart(log, (entry) => !isSealed(entry));
  return {
    encode: (entry, number) => sealer.seal(plain.encode(entry, number), placeOf(number)),
    decode: (bytes, number) =>
      plain.decode(number <= plainThrough ? bytes : sealer.open(bytes, placeOf(number)), number),
  };
}

/** Checks how entries are stored, one after the other. */
export interface StorageCheck {
  /**
   * Whether an entry may be stored as it is after those before: nothing in the clear after what is sealed, and sealed as a key that is given
   * says. What was sealed with another key may be so, and is counted.
   */
  accepts(entry: Uint8Array, number: number): boolean;
  /** Entries that are sealed, so far. */
  readonly sealed: number;
  /** Those of them that no key is given for, and which the first of them needs. */
  readonly unopened: { readonly count: number; readonly first: string };
}

/** Makes a check; without keys what is sealed is not opened. */
export function createStorageCheck(keys: AuditKeys | undefined): StorageCheck {
  const sealer = keys && createSealer({ keys });
  let sealed = 0;
  let unopened = { count: 0, first: "" };
  return {
    accepts(entry, number) {
      if (!isSealed(entry)) return sealed === 0;
      sealed++;
      try {
        sealer?.open(entry, placeOf(number));
        return true;
      } catch (error) {
        if (!isLogError(error)) throw error;
        if (error.code === "damaged") return false;
        unopened = { count: unopened.count + 1, first: unopened.first || error.message };
        return true;
      }
    },
    get unopened() {
      return unopened;
    },
    get sealed() {
      return sealed;
    },
  };
}
