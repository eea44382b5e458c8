import type { SessionEvent, VariableSet } from "../commit.ts";
import { isRepeated } from "../decide-variable.ts";
import type { Parsed } from "../parse-value.ts";
import type { Payload } from "../payload.ts";
import { payloadEquals } from "../payload-equality.ts";
import type { Variable } from "../variable.ts";
import type { Cause } from "./derived-run.ts";

/** What can be said of a derived variable that was computed. */
export type DerivedEvent = VariableSet | Extract<SessionEvent, { kind: "staleness-changed" }>;

/** The event that what was computed of a variable leads to; none where nothing is new. */
export function eventFor(
  variable: Variable,
  result: Parsed<Payload>,
  { causedBy, root, stamp }: Cause,
): DerivedEvent | undefined {
  if (result.kind === "refused") {
    const { message: cause } = result.refusal;
    if (variable.stale?.cause === cause) return undefined;
    return staleness({ ...variable, stale: { cause, sinceRevision: stamp.revision } });
  }
  if (payloadEquals(result.value, variable.payload)) {
    if (variable.stale === undefined) return undefined;
    const { stale: _, ...fresh } = variable;
    return staleness(fresh);
  }
  const { id, name, payload: previous } = variable;
  const [version, payload] = [variable.version + 1, result.value];
  const kind = "variable-set";
  // Each in one literal: there may be thousands of them.
  return isRepeated(previous)
    ? { kind, id, name, version, payload, previous, causedBy, root: root ?? id }
    : { kind, id, name, version, payload, causedBy, root: root ?? id };
}

const staleness = (variable: Variable) => ({ kind: "staleness-changed", variable: Object.freeze(variable) }) as const;
