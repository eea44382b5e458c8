import type { LeaseProof } from "../lease/optimization.ts";
import type { Origin } from "../origin.ts";
import type { ValueRecord } from "../payload.ts";

/** The call that a write came by, as whoever let it in has established. */
export interface WriteVia {
  /** Who called; empty where nobody asks. */
  readonly principal: string;
  /** The session that called. */
  readonly session: string;
  /** What was called, for instance `SetVariable`; empty, as what follows, for a call within the process. */
  readonly action: string;
  /** Where it came from: a network address. */
  readonly address: string;
  /** What the client says it is. */
  readonly userAgent: string;
  /** `connect`, `grpc` or `grpc-web`. */
  readonly protocol: string;
}

/** Who writes and why; kept with the commit. */
export interface WriteOptions {
  /**
   * Who is answerable, in at most 255 characters; otherwise `metadata.optimizer_id` or `metadata.source`, where these are no
   * longer, or the session's id.
   */
  readonly actor?: string;
  /** The runtime the write comes from; `typescript` unless given. */
  readonly origin?: Origin;
  /**
   * Kept verbatim with this write and merged into the metadata of the variables whose values it sets, which keeps every name that
   * was ever said until `updateVariable` replaces it: `limit_exceeded` where that is more than a record may hold.
   */
  readonly metadata?: ValueRecord;
  /**
   * Makes a retried write safe: a second write with the same id in a session is not made, and answers as the first did; with
   * `invalid_argument` where the first was another request. 1 to 255 characters. A session remembers its last 4096 ids.
   */
  readonly requestId?: string;
  /** The call that it came by; for whoever lets calls in, and not for those who make them. */
  readonly via?: WriteVia;
  /**
   * The optimization that the write is part of, which may write what is leased to it. Rejects with `lease_lost` where the
   * lease is no longer held.
   */
  readonly lease?: LeaseProof;
}

/** How a value is set. */
export interface SetOptions extends WriteOptions {
  /** Refuse with `version_mismatch` unless the variable, or configuration space, has this version. */
  readonly expectedVersion?: number;
}

/** How something is deleted. */
export interface DeleteOptions extends WriteOptions {
  /** Deleting what is not there succeeds. */
  readonly allowMissing?: boolean;
  /** Refuse with `version_mismatch` unless the variable has this version. For one variable; `invalid_argument` elsewhere. */
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
  /** Milliseconds since the Unix epoch. */
  readonly updatedAtMs: number;
}
