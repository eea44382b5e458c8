import {
  isStoreError,
  type Payload,
  type Staleness,
  type StoreError,
  saysSensitive,
  storeError,
  type ValueRecord,
  type Variable,
} from "@trimtab/core";
import { type NamedDeclaration, typeMismatch } from "./declarations.ts";

/** One version of a variable, decoded. */
export interface Held<V = unknown> {
  readonly id: string;
  readonly version: number;
  readonly value: V;
  readonly updatedAtMs: number;
  /** The constraints that the store holds new values to. */
  readonly constraints: ValueRecord;
  /** Who wrote it. */
  readonly updatedBy: string;
  /** Session revision of the commit that wrote it. */
  readonly revision: number;
  /** Present while a derived value does not follow from what it depends on. */
  readonly stale?: Staleness;
}

/** What a stored variable comes to: a value, or why the declared type cannot read it. */
export type Decoded<V> =
  | ({ readonly kind: "held" } & Held<V>)
  | {
      readonly kind: "unreadable";
      readonly id: string;
      readonly error: StoreError;
      /** The variable is of another type, so that its next value will be no better. */
      readonly mismatch: boolean;
    };

/** Decodes a variable of whatever type. */
export const decodeVariable = <V>(named: NamedDeclaration<V>, variable: Variable): Decoded<V> =>
  variable.type === named.declaration.type.name
    ? decodeStored(named, variable, saysSensitive(variable))
    : { kind: "unreadable", id: variable.id, error: typeMismatch(variable, named.declaration), mismatch: true };

/**
 * Decodes what is stored.
 *
 * @throws StoreError `validation_failed` naming the variable, for what the declared type cannot read; it says nothing of the value where
 *   that is sensitive
 */
export function decodePayload<V>(
  { name, declaration: { type } }: NamedDeclaration<V>,
  payload: Payload,
  isSensitive: boolean,
): V {
  try {
    return type.decode(payload);
  } catch (cause) {
    if (isSensitive) {
      const message = `${name}: what is stored is not what the declared ${type.name} reads`;
      throw storeError("validation_failed", message, { field: name, type: type.name });
    }
    const message = `${name}: ${cause instanceof Error ? cause.message : String(cause)}`;
    throw storeError("validation_failed", message, { field: name, type: type.name }, { cause });
  }
}

/** Decodes a stored value that should be of the declared type. */
export function decodeStored<V>(
  named: NamedDeclaration<V>,
  stored: Omit<Held, "value"> & Pick<Variable, "payload">,
  isSensitive: boolean,
): Decoded<V> {
  const { id, version, updatedAtMs, constraints, updatedBy, revision, stale, payload } = stored;
  try {
    const value = decodePayload(named, payload, isSensitive);
    const held = { id, version, value, updatedAtMs, constraints, updatedBy, revision };
    return { kind: "held", ...held, ...(stale !== undefined && { stale }) };
  } catch (error) {
    if (!isStoreError(error)) throw error;
    return { kind: "unreadable", id, error, mismatch: false };
  }
}
