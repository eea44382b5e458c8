import type { AccessRuleSpec } from "../access/access-rule.ts";
import type { LeaseProof } from "../lease/optimization.ts";
import { origins } from "../origin.ts";
import type { TimeRange } from "../store/analytics-reports.ts";
import type { PageOptions } from "../store/page.ts";
import type { CreateSessionOptions } from "../store/session-store.ts";
import type { Selection } from "../store/watch-store.ts";
import type { DeleteOptions, SetOptions, WriteOptions } from "../store/write.ts";
import type { AnyVariableType, VariableDeclaration } from "../variable-type.ts";
import {
  callable,
  filled,
  flag,
  having,
  type Kind,
  list,
  number,
  type OptionKinds,
  object,
  oneOf,
  optional,
  options,
  partOf,
  record,
  recordOf,
  text,
  values,
  whole,
  withArgument,
} from "./kind.ts";

// Kinds that arguments of many calls have.

export const session = ["session", filled] as const;
export const ref = ["ref", filled] as const;
export const refs = ["refs", list(text)] as const;
export const namedRefs = ["refs", list(filled)] as const;
export const name = ["name", filled] as const;

/** The times between which to look. */
export const times: OptionKinds<TimeRange> = { sinceMs: number, untilMs: number };

/** Which page of a listing. */
export const page: OptionKinds<PageOptions> = { pageSize: number, pageToken: filled };

/** Who writes and why. */
export const write: OptionKinds<WriteOptions> = {
  actor: text,
  origin: oneOf(origins),
  metadata: values,
  requestId: text,
  via: record,
  lease: object<LeaseProof>({ optimization: text, fencingToken: whole }),
};

export const set: OptionKinds<SetOptions> = { ...write, expectedVersion: whole };
/** All that there is to say of how a value is set. */
export const setOptionNames: ReadonlySet<string> = new Set(Object.keys(set));
export const creation: OptionKinds<CreateSessionOptions> = {
  ...write,
  id: text,
  ttlMs: number,
  ifExists: oneOf(["refuse", "keep"]),
};
export const deletion: OptionKinds<DeleteOptions> = { ...set, allowMissing: flag };

/** A type of variables. */
export const variableType: Kind<AnyVariableType> = partOf({
  name: text,
  constraints: having("safeParse"),
  values: callable,
  encode: callable,
  decode: callable,
  equals: callable,
  space: callable,
});

/** Declarations of variables, as far as they say how values are read. */
export const declarations = recordOf(
  partOf<Pick<VariableDeclaration, "type" | "constraints">>({ type: variableType, constraints: values }),
);

/** The parts of a point in a session's history; which it needs is looked at where it is looked up. */
const pointParts = { revision: optional(number), atMs: optional(number), label: optional(text) };

/** A point in a session's history. */
export const point: Kind<{ kind: string; revision?: number; atMs?: number; label?: string }> = withArgument(
  object({ kind: oneOf(["revision", "time", "label"]), ...pointParts }),
);

/** A version of a variable, or a point in its session's history. */
export const versionPoint: Kind<{ kind: string; version?: number }> = withArgument(
  object({ kind: oneOf(["version", "revision", "time", "label"]), version: optional(number), ...pointParts }),
);

/** What to watch, or to tell of. */
export const selection = ["selection", options<Selection>({ refs: list(text), pattern: filled })] as const;

/** How a variable is derived. */
export const derivation: Kind<{ kind: string; expression?: string; name?: string }> = withArgument(
  object({ kind: text, expression: optional(text), name: optional(text) }),
);

/** Who may do what with a variable. */
export const accessRules = list(
  object<AccessRuleSpec>({
    id: optional(text),
    sessionPattern: text,
    permissions: list(text),
    conditions: optional(values),
    when: optional(text),
    expiresAtMs: optional(number),
    priority: optional(number),
    effect: optional(text),
    description: optional(text),
  }),
);
