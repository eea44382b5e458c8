import type { Origin } from "./origin.ts";
import type { Payload, ValueRecord } from "./payload.ts";
import type { Variable } from "./variable.ts";

/** One atomic, durable step of a session: the unit of the log, of watching and of history. */
export interface Commit {
  readonly session: string;
  /** Gap-free within the session, from 1. */
  readonly revision: number;
  /** Strictly greater than that of the commit before. */
  readonly atMs: number;
  /** Who is answerable. */
  readonly actor: string;
  readonly origin: Origin;
  /** What the writer said of this write, verbatim. */
  readonly metadata: ValueRecord;
  /** At least one, in the order they were decided. */
  readonly events: readonly SessionEvent[];
}

/** What has happened to a session. Folding never asks a type, so a log stays readable where a type is not installed. */
export type SessionEvent =
  | { readonly kind: "session-created"; readonly epoch: string; readonly ttlMs: number; readonly metadata: ValueRecord }
  | { readonly kind: "session-updated"; readonly ttlMs: number; readonly metadata: ValueRecord }
  | { readonly kind: "session-deleted"; readonly cause: "session_deleted" | "session_expired" }
  | VariableRegistered
  | VariableSet
  /** Everything but the value may differ from before. */
  | { readonly kind: "variable-changed"; readonly variable: Variable }
  | VariableDeleted
  | { readonly kind: "program-put"; readonly id: string; readonly body: ValueRecord }
  | { readonly kind: "program-deleted"; readonly id: string };

export interface VariableRegistered {
  readonly kind: "variable-registered";
  readonly id: string;
  /** The number that the id ends in. */
  readonly number: number;
  readonly name: string;
  readonly type: string;
  readonly payload: Payload;
  readonly constraints: ValueRecord;
  readonly metadata: ValueRecord;
  readonly description: string;
  readonly readOnly: boolean;
}

export interface VariableSet {
  readonly kind: "variable-set";
  readonly id: string;
  readonly name: string;
  /** The version that this write makes. */
  readonly version: number;
  readonly payload: Payload;
  /** The value before, where it is no larger than {@link maxPreviousBytes}. */
  readonly previous?: Payload;
}

export interface VariableDeleted {
  readonly kind: "variable-deleted";
  readonly id: string;
  readonly name: string;
  readonly version: number;
  /** The last value, where it is no larger than {@link maxPreviousBytes}. */
  readonly previous?: Payload;
}

/** Largest value, in bytes, that an event repeats as the one before. Larger ones are found in the history. */
export const maxPreviousBytes = 1024;
