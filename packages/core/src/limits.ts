/**
 * Sizes that a session may not exceed; going over is refused with `limit_exceeded`, or `invalid_argument` where it is one text.
 * Characters are UTF-16 code units.
 */
export interface Limits {
  /** Bytes of one value. */
  readonly valueBytes: number;
  /** Bytes of one metadata record: a variable's, a session's or a write's; of an optimizer's configuration, too. */
  readonly metadataBytes: number;
  /** Bytes of one variable's constraints. */
  readonly constraintsBytes: number;
  /** Bytes of one program's body. */
  readonly programBytes: number;
  /** Characters of a name, an id or an actor. */
  readonly nameLength: number;
  readonly variablesPerSession: number;
  readonly programsPerSession: number;
  /** Commands in one batch. */
  readonly batchItems: number;
  readonly dependenciesPerVariable: number;
  /** Dependencies on the longest way from one variable to another. */
  readonly dependencyDepth: number;
  /** Derived variables computed in one commit. */
  readonly derivationsPerCommit: number;
  /** Characters of one expression, description or message. */
  readonly expressionLength: number;
  readonly rulesPerSession: number;
  readonly spacesPerSession: number;
  readonly labelsPerSession: number;
}

/** The limits that hold unless a store is told otherwise. */
export const defaultLimits: Limits = {
  valueBytes: 4 * 1024 * 1024,
  metadataBytes: 64 * 1024,
  constraintsBytes: 64 * 1024,
  programBytes: 4 * 1024 * 1024,
  nameLength: 255,
  variablesPerSession: 10_000,
  programsPerSession: 10_000,
  batchItems: 10_000,
  dependenciesPerVariable: 1000,
  dependencyDepth: 100,
  derivationsPerCommit: 100_000,
  expressionLength: 16_384,
  rulesPerSession: 1000,
  spacesPerSession: 1000,
  labelsPerSession: 1000,
};
