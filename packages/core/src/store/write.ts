import type { Origin } from "../origin.ts";
import type { ValueRecord } from "../payload.ts";

/** Who writes and why; kept with the commit. */
export interface WriteOptions {
  /** Who is answerable; otherwise `metadata.optimizer_id`, `metadata.source` or the session's id. */
  readonly actor?: string;
  /** The runtime the write comes from; `typescript` unless given. */
  readonly origin?: Origin;
  /** Kept verbatim with this write and merged into the variable's metadata. */
  readonly metadata?: ValueRecord;
  /**
   * Makes a retried write safe: a second write with the same id in a session is not made, and answers as the first did.
   * 1 to 255 characters. A session remembers its last 4096 ids.
   */
  readonly requestId?: string;
}

export interface SetOptions extends WriteOptions {
  /** Refuse with `version_mismatch` unless the variable has this version. */
  readonly expectedVersion?: number;
}

export interface DeleteOptions extends WriteOptions {
  /** Deleting what is not there succeeds. */
  readonly allowMissing?: boolean;
  readonly expectedVersion?: number;
}

/** What every write answers with: once a watch has reached `revision`, it has seen this write. */
export interface Receipt {
  readonly session: string;
  readonly revision: number;
}

/** Receipt of one value set. */
export interface Written extends Receipt {
  readonly id: string;
  readonly name: string;
  readonly version: number;
  readonly updatedAtMs: number;
}
