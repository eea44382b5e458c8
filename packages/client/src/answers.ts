import { parseVariableRef, type Receipt, type Written } from "@trimtab/core";
import { fromUint64, fromWireWritten } from "@trimtab/wire";
import type { Written as WireWritten } from "@trimtab/wire/services";

/** Reads the receipt of a write: to the session that made it, or to the one that the variable belongs to. */
export const readReceipt = (session: string, { revision }: { readonly revision: bigint }, ref = ""): Receipt => ({
  session: parseVariableRef(session, ref).owner,
  revision: fromUint64(revision, "revision"),
});

/** Reads what a write did to several variables, by what each is called in the answer. */
export const readApplied = (
  applied: { readonly [key: string]: WireWritten },
  receipt: Receipt,
): ReadonlyMap<string, Written> =>
  new Map(
    Object.entries(applied).map(
      ([key, written]) => [key, fromWireWritten(written, receipt, `applied.${key}`)] as const,
    ),
  );

/** Reads one page of a listing. */
export const readPage = <W, T>(
  items: readonly W[],
  { nextPageToken }: { readonly nextPageToken: string },
  read: (item: W, path: string) => T,
) => ({
  items: items.map((item, index) => read(item, `items[${index}]`)),
  ...(nextPageToken && { nextPageToken }),
});
