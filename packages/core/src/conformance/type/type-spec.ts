import type fc from "fast-check";
import { parseConstraints } from "../../parse-value.ts";
import type { Payload, Value, ValueRecord } from "../../payload.ts";
import type { VariableType } from "../../variable-type.ts";

/** A type under test and what its author knows about it. */
export interface TypeSpec<V, C extends ValueRecord> {
  readonly type: VariableType<V, C>;
  /** Constraints as people write them; the type must take every one. */
  readonly constraints: fc.Arbitrary<ValueRecord>;
  /** Inputs that the type must take under some canonical constraints: every form it accepts, not only the decoded. */
  readonly valid: (constraints: C) => fc.Arbitrary<unknown>;
  /** Says whether a value that was let through keeps the constraints; written without the type's own code. */
  readonly satisfies: (value: V, constraints: C) => boolean;
  /** Values that the type must refuse, and how. At least one of each reason that the type can give. */
  readonly invalid: readonly InvalidValue[];
  /** Constraints that the type must refuse; unknown keys and what is no record are tried for every type. */
  readonly invalidConstraints: readonly InvalidConstraints[];
  /** Payloads that look like the type's own but are none; payloads of every kind are tried for every type. */
  readonly garbage?: readonly Payload[];
  /**
   * Length of the longest lists without items that it is tried with: 100 000 unless given, which a schema that looks at each item,
   * as `z.array` does, has passed at once.
   */
  readonly longestList?: number;
  /** How many random cases each law is tried with; 200 unless given. */
  readonly runs?: number;
}

/** A value that must be refused. */
export interface InvalidValue {
  /** The constraints under which it is refused; none unless given. */
  readonly constraints?: ValueRecord;
  readonly value: unknown;
  readonly reason: "validation_failed" | "constraint_violation";
  /** For a `constraint_violation`: the constraint that is broken, and its limit in canonical form. */
  readonly constraint?: string;
  readonly limit?: Value;
  /** What the message says, or part of it. */
  readonly message: string;
}

/** Constraints that must be refused. */
export interface InvalidConstraints {
  readonly constraints: unknown;
  /** The constraint that is named as being at fault. */
  readonly field: string;
}

/** The canonical form of constraints that must be accepted. */
export function canonical<V, C extends ValueRecord>(type: VariableType<V, C>, input: unknown): C {
  const parsed = parseConstraints(type, input);
  if (parsed.kind === "refused") throw new Error(`${type.name} refuses its constraints: ${parsed.refusal.message}`);
  return parsed.value;
}
