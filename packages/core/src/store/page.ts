/** One page of a listing. */
export interface Page<T> {
  readonly items: readonly T[];
  /** Pass it back to go on; absent on the last page. */
  readonly nextPageToken?: string;
}

/** Which page of a listing to give; a size out of range, or a token of nothing, is refused with `invalid_argument`. */
export interface PageOptions {
  /** Items per page, 1 to 1000; 100 unless given. */
  readonly pageSize?: number;
  /** The `nextPageToken` of the page before; the first page unless given. */
  readonly pageToken?: string;
}
