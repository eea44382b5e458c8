import type { Value } from "./payload.ts";

/** What kind of failure an error is: the closed set that transports map to their own status codes. */
export const errorCodes = [
  "invalid_argument",
  "not_found",
  "already_exists",
  "failed_precondition",
  "aborted",
  "out_of_range",
  "permission_denied",
  "unauthenticated",
  "resource_exhausted",
  "cancelled",
  "deadline_exceeded",
  "unavailable",
  "unimplemented",
  "data_loss",
  "internal",
] as const;

/** One of {@link errorCodes}. */
export type ErrorCode = (typeof errorCodes)[number];

/** What `not_found` and `already_exists` speak of. */
export type Resource =
  | "session"
  | "variable"
  | "program"
  | "version"
  | "revision"
  | "label"
  | "rule"
  | "configuration_space"
  | "dependency"
  | "optimization"
  | "study"
  | "trial"
  | "upload";

/** Why something was refused, and what is said beside each reason. Everything here survives the network. */
export interface ErrorDetails {
  /** An argument is malformed; `field` names it, `limit` and `value` say by how much where that applies. */
  invalid_argument: { field: string; limit?: Value; value?: Value };
  /** A declaration lacks fields it must have. */
  missing_required_fields: { fields: readonly string[] };
  /** The type is not installed in the process that decides. */
  invalid_type: { type: string };
  /** Constraints are unknown to the type, ill-typed or contradict each other; `field` is the constraint. */
  invalid_constraints: { type: string; field: string };
  /** The value is not of the variable's type. */
  validation_failed: { field: string; type: string; value?: Value };
  /** The value is of the type but breaks one constraint. */
  constraint_violation: { field: string; type: string; constraint: string; limit: Value; value?: Value };
  /** An expression does not compile; `line` and `column` count from 1 and say where. */
  invalid_expression: { field: string; line: number; column: number };
  /** No value could be computed for a derived variable. */
  derivation_failed: { variable: string };
  not_found: { resource: Resource; id: string };
  already_exists: { resource: Resource; id: string };
  session_not_found: { session: string };
  session_expired: { session: string };
  read_only: { variable: string };
  has_dependents: { variable: string; dependents: readonly string[] };
  would_create_cycle: { cycle: readonly string[] };
  unmet_dependencies: { variable: string; dependencies: readonly string[] };
  label_protected: { label: string };
  /** The constraints of a variable leave no finite region to draw values from. */
  unbounded_space: { variable: string };
  rule_violation: { rule: string; variables: readonly string[] };
  access_denied: { session: string; permission: string };
  not_owner: { session: string; variable: string };
  already_optimizing: { variable: string; optimization: string; holder?: string };
  not_optimizing: { variable: string };
  /** The caller no longer holds the optimization or the trial, or never did. */
  lease_lost: { optimization?: string; trial?: number; holder?: string };
  /** The trial has ended otherwise than was told now. */
  trial_ended: { trial: number; state: string };
  /** The study has several objectives, of which no single one decides. */
  several_objectives: { objectives: number };
  cannot_rollback: { variable: string };
  version_not_found: { variable: string; version: number };
  /** Compare-and-set failed: the variable moved on. Read it again and retry. */
  version_mismatch: { variable: string; expected: number; actual: number };
  /** Compare-and-set on the whole session failed. */
  revision_mismatch: { session: string; expected: number; actual: number };
  /** A configured limit would be exceeded. `retryAfterMs` is given where waiting helps. */
  limit_exceeded: { field: string; limit: number; value: number; retryAfterMs?: number };
  /** There is no room to store the write; reads go on, and writes do once there is. */
  storage_full: { session: string };
  /** The storage may not be written to; reads go on. */
  storage_read_only: { session: string };
  unauthenticated: { scheme?: string };
  cancelled: Record<never, never>;
  deadline_exceeded: Record<never, never>;
  /** The log, the server or the network cannot be reached now; nothing is known to have changed. */
  unavailable: { retryAfterMs?: number };
  unimplemented: { feature: string };
  /** What is stored cannot be read: it is damaged or, where `key` is given, sealed with a key of that name that is not at hand. */
  data_loss: { session: string; key?: string };
  internal: Record<never, never>;
}

/** Names of the reasons, in snake case as they travel. */
export type ErrorReason = keyof ErrorDetails;

/** The code that each reason belongs to. */
export const reasonCodes = {
  invalid_argument: "invalid_argument",
  missing_required_fields: "invalid_argument",
  invalid_type: "invalid_argument",
  invalid_constraints: "invalid_argument",
  validation_failed: "invalid_argument",
  constraint_violation: "invalid_argument",
  invalid_expression: "invalid_argument",
  derivation_failed: "failed_precondition",
  not_found: "not_found",
  already_exists: "already_exists",
  session_not_found: "not_found",
  session_expired: "not_found",
  read_only: "failed_precondition",
  has_dependents: "failed_precondition",
  would_create_cycle: "failed_precondition",
  unmet_dependencies: "failed_precondition",
  label_protected: "failed_precondition",
  rule_violation: "failed_precondition",
  access_denied: "permission_denied",
  not_owner: "permission_denied",
  already_optimizing: "failed_precondition",
  not_optimizing: "failed_precondition",
  lease_lost: "aborted",
  unbounded_space: "failed_precondition",
  trial_ended: "failed_precondition",
  several_objectives: "failed_precondition",
  cannot_rollback: "failed_precondition",
  version_not_found: "not_found",
  version_mismatch: "aborted",
  revision_mismatch: "aborted",
  limit_exceeded: "resource_exhausted",
  storage_full: "resource_exhausted",
  storage_read_only: "unavailable",
  unauthenticated: "unauthenticated",
  cancelled: "cancelled",
  deadline_exceeded: "deadline_exceeded",
  unavailable: "unavailable",
  unimplemented: "unimplemented",
  data_loss: "data_loss",
  internal: "internal",
} as const satisfies Record<ErrorReason, ErrorCode>;

/** A refusal as data: what pure code returns and the shell throws as a {@link StoreError}. */
export type Refusal<R extends ErrorReason = ErrorReason> = {
  [Each in R]: {
    readonly reason: Each;
    readonly message: string;
    readonly details: ErrorDetails[Each];
    /** In an atomic batch that was refused: every item's own refusal, keyed by the identifier that was sent. */
    readonly items?: ReadonlyMap<string, Refusal>;
  };
}[R];

/** Builds a refusal; the message is a sentence that names the field, the limit and the value. */
export const refusal = <R extends ErrorReason>(reason: R, message: string, details: ErrorDetails[R]): Refusal<R> =>
  ({ reason, message, details }) as Refusal<R>;

/**
 * The one error that Trimtab throws, the same in process and through every transport.
 * `code` is the broad kind, `reason` the exact one, and `details` is typed by the reason: see {@link StoreError.is}.
 */
export class StoreError<R extends ErrorReason = ErrorReason> extends Error {
  override readonly name = "StoreError";
  readonly reason: R;
  readonly code: ErrorCode;
  readonly details: ErrorDetails[R];
  /** Every item's own error where an atomic batch was refused, keyed by the identifier that was sent. */
  readonly items: ReadonlyMap<string, StoreError>;

  constructor(cause: Refusal<R>, options?: ErrorOptions) {
    super(shortened(cause.message), options);
    this.reason = cause.reason as R;
    this.code = reasonCodes[cause.reason];
    this.details = cause.details as ErrorDetails[R];
    this.items = new Map(Array.from(cause.items ?? [], ([key, item]) => [key, new StoreError(item)]));
  }

  /** Narrows to one reason, which types `details`: `if (error.is("version_mismatch")) error.details.actual`. */
  is<Wanted extends ErrorReason>(reason: Wanted): this is StoreError<Wanted> {
    return (this.reason as ErrorReason) === reason;
  }

  /** The error as data, for sending on or storing. */
  toRefusal(): Refusal {
    const items = new Map(Array.from(this.items, ([key, item]) => [key, item.toRefusal()]));
    return { reason: this.reason, message: this.message, details: this.details, items } as Refusal;
  }
}

/** Longest message of an error. One may quote what a caller sent, and one of a batch quotes that for each of its items. */
const maxMessageLength = 4096;

const shortened = (message: string): string =>
  message.length <= maxMessageLength ? message : `${message.slice(0, maxMessageLength - 1).toWellFormed()}…`;

/** Says whether something caught is a {@link StoreError}, of any reason or of the one given. */
export function isStoreError<R extends ErrorReason = ErrorReason>(error: unknown, reason?: R): error is StoreError<R> {
  return error instanceof StoreError && (reason === undefined || error.is(reason));
}

/** Shorthand for the shell: builds the refusal and the error around it. */
export const storeError = <R extends ErrorReason>(
  reason: R,
  message: string,
  details: ErrorDetails[R],
  options?: ErrorOptions,
): StoreError<R> => new StoreError(refusal(reason, message, details), options);
