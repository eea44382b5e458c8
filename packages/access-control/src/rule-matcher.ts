import {
  type AccessQuestion,
  type AccessRule,
  accessConditionNames,
  type CompileExpression,
  createGlob,
  type Expression,
  type Payload,
  toPayload,
  type Value,
  type ValueRecord,
  valueEquals,
} from "@trimtab/core";

/** Holds rules against questions. */
export interface RuleMatcher {
  /** What keeps a rule from matching, in words; `undefined` where it matches. */
  mismatch(rule: AccessRule, question: AccessQuestion): string | undefined;
}

/** A rule, read once. */
interface Prepared {
  readonly matchesSession: (session: string) => boolean;
  /** Absent where there is no condition, or none that can be read here. */
  readonly when: Expression | undefined;
}

/** Makes a matcher, which reads each rule once. */
export function createRuleMatcher(compile: CompileExpression | undefined): RuleMatcher {
  const known = new WeakMap<AccessRule, Prepared>();
  const prepare = (rule: AccessRule): Prepared => {
    const before = known.get(rule);
    if (before !== undefined) return before;
    const read =
      rule.when === ""
        ? undefined
        : compile?.(rule.when, { field: "when", knows: (name) => accessConditionNames.has(name), isCondition: true });
    const when = read?.kind === "parsed" ? read.value : undefined;
    const prepared = { matchesSession: createGlob(rule.sessionPattern), when };
    known.set(rule, prepared);
    return prepared;
  };
  return {
    mismatch(rule, question) {
      if (!rule.permissions.includes(question.permission)) return `it is not about ${question.permission}`;
      if (rule.expiresAtMs !== undefined && question.atMs >= rule.expiresAtMs) return "it has expired";
      const { matchesSession, when } = prepare(rule);
      const { session, attributes } = question.caller;
      if (!matchesSession(session)) return `its pattern ${rule.sessionPattern} does not match ${session}`;
      const unmet = Object.entries(rule.conditions).find(([key, value]) => !hasEntry(attributes, key, value));
      if (unmet !== undefined) return `the caller's ${unmet[0]} is not as its conditions say`;
      return rule.when === "" ? undefined : conditionMismatch(rule, when, question);
    },
  };
}

/** What cannot be evaluated must not open a door, nor leave one open that was to be shut. */
function conditionMismatch(
  { effect }: AccessRule,
  when: Expression | undefined,
  question: AccessQuestion,
): string | undefined {
  const result = when?.evaluate((name) => payloadOf(name, question));
  if (result?.kind === "value" && typeof result.value === "boolean") {
    return result.value ? undefined : "its condition does not hold";
  }
  if (effect === "deny") return undefined;
  return `its condition cannot be evaluated: ${result?.kind === "failure" ? result.message : "it cannot be read here"}`;
}

function payloadOf(name: string, { caller, variable, permission, atMs }: AccessQuestion): Payload | undefined {
  switch (name) {
    case "caller": {
      const { session, principal, attributes, roles } = caller;
      return toPayload({ session, principal, attributes, roles });
    }
    case "variable": {
      if (variable === undefined) return undefined;
      const { id, name: called, type, description, metadata } = variable;
      return toPayload({ id, name: called, type, description, metadata });
    }
    case "permission":
      return { kind: "string", value: permission };
    case "now":
      return { kind: "string", value: new Date(atMs).toISOString() };
    default:
      return undefined;
  }
}

function hasEntry(attributes: ValueRecord, key: string, wanted: Value): boolean {
  const value = Object.hasOwn(attributes, key) ? attributes[key] : undefined;
  return value !== undefined && valueEquals(value, wanted);
}
