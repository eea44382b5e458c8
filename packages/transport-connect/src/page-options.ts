import type { PageOptions } from "@trimtab/core";
import { present } from "@trimtab/wire";

/** What of a listing's request tells the page; sizes and tokens are checked by the store. */
export interface PageRequest {
  readonly pageSize: number;
  readonly pageToken: string;
}

/** Reads which page is wanted, where 0 and empty mean not given, along with what else the listing asks. */
export const toPageOptions = <T extends object>({ pageSize, pageToken }: PageRequest, rest: T) =>
  present({ ...rest, pageSize: pageSize || undefined, pageToken: pageToken || undefined } satisfies {
    [K in keyof PageOptions]: PageOptions[K] | undefined;
  } & T);
