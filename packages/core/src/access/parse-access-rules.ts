import { checkName, checkText, checkTime, parseRecord } from "../check-argument.ts";
import type { DecideContext } from "../command.ts";
import { readExpression } from "../derivation/check-derivation.ts";
import type { Parsed } from "../parse-value.ts";
import type { ValueRecord } from "../payload.ts";
import { type Refusal, refusal } from "../store-error.ts";
import {
  type AccessRule,
  type AccessRuleSpec,
  accessConditionNames,
  accessPermissions,
  type Permission,
} from "./access-rule.ts";

/** Rules in one list. */
const maxRules = 100;

/** Farthest that a priority may lie from 0: what travels as a 32-bit integer. */
const maxPriority = 2 ** 31 - 1;

/** Reads a list of rules, or refuses it naming the rule and the field that is wrong. */
export function parseAccessRules(
  specs: readonly AccessRuleSpec[],
  field: string,
  context: DecideContext,
): Parsed<readonly AccessRule[]> {
  if (!Array.isArray(specs) || specs.length > maxRules) {
    const count = Array.isArray(specs) ? specs.length : undefined;
    const message = `${field} must be a list of at most ${maxRules} rules${count === undefined ? "" : `, got ${count}`}`;
    const details = { field, limit: maxRules, ...(count !== undefined && { value: count }) };
    return { kind: "refused", refusal: refusal("invalid_argument", message, details) };
  }
  const taken = new Set(specs.map(({ id }) => id));
  const rules: AccessRule[] = [];
  const ids = new Set<string>();
  for (const [index, spec] of specs.entries()) {
    const path = `${field}[${index}]`;
    const rule = parseRule(spec, { path, madeUp: freeId(index, taken) }, context);
    if (rule.kind === "refused") return rule;
    if (ids.has(rule.value.id)) {
      return refuse(`${path}.id`, `is the id of an earlier rule of the list: ${rule.value.id}`);
    }
    ids.add(rule.value.id);
    rules.push(rule.value);
  }
  return { kind: "parsed", value: Object.freeze(rules) };
}

/** An id that no rule of the list has given itself. */
function freeId(index: number, taken: ReadonlySet<string | undefined>): string {
  let id = `rule-${index + 1}`;
  while (taken.has(id)) id += "-";
  return id;
}

function parseRule(
  spec: AccessRuleSpec,
  { path, madeUp }: { path: string; madeUp: string },
  context: DecideContext,
): Parsed<AccessRule> {
  if (typeof spec !== "object" || spec === null) return refuse(path, "must be an access rule");
  const { limits } = context;
  const { id = "", permissions, priority = 0, effect = "allow", description = "", when = "", expiresAtMs } = spec;
  const sessionPattern = canonicalPattern(spec.sessionPattern);
  const wrong =
    checkName(id || madeUp, `${path}.id`, limits.nameLength) ??
    checkName(sessionPattern, `${path}.sessionPattern`, limits.nameLength) ??
    checkPermissions(permissions, `${path}.permissions`) ??
    (expiresAtMs === undefined ? undefined : checkTime(expiresAtMs, `${path}.expiresAtMs`)) ??
    checkRest({ priority, effect }, path) ??
    checkText(description, `${path}.description`, limits.expressionLength) ??
    checkWhen(when, `${path}.when`, context);
  if (wrong !== undefined) return { kind: "refused", refusal: wrong };
  const conditions = parseRecord(spec.conditions, `${path}.conditions`, limits.metadataBytes);
  if (conditions.kind === "refused") return conditions;
  const rule: AccessRule = {
    id: id || madeUp,
    sessionPattern,
    permissions: Object.freeze(accessPermissions.filter((permission) => permissions.includes(permission))),
    conditions: conditions.value as ValueRecord,
    when,
    ...(expiresAtMs !== undefined && { expiresAtMs }),
    priority,
    effect,
    description,
  };
  return { kind: "parsed", value: Object.freeze(rule) };
}

/** `any` and `:any` are older spellings of every session. */
const canonicalPattern = (pattern: string): string => (pattern === "any" || pattern === ":any" ? "*" : pattern);

function checkPermissions(permissions: readonly Permission[], field: string): Refusal | undefined {
  const known: readonly unknown[] = accessPermissions;
  if (Array.isArray(permissions) && permissions.length > 0 && permissions.every((each) => known.includes(each)))
    return undefined;
  const shown = Array.isArray(permissions) ? permissions.map(String).join(", ").slice(0, 80) : typeof permissions;
  return invalid(field, `must name at least one of ${accessPermissions.join(", ")} and nothing else, got [${shown}]`);
}

function checkRest({ priority, effect }: Pick<AccessRule, "priority" | "effect">, path: string): Refusal | undefined {
  if (!Number.isSafeInteger(priority) || Math.abs(priority) > maxPriority) {
    return invalid(`${path}.priority`, `must be a whole number within ${maxPriority} of 0, got ${String(priority)}`);
  }
  if (effect !== "allow" && effect !== "deny") {
    return invalid(`${path}.effect`, `must be allow or deny, got ${String(effect)}`);
  }
  return undefined;
}

function checkWhen(when: string, field: string, context: DecideContext): Refusal | undefined {
  if (when === "") return undefined;
  const knows = (name: string) => accessConditionNames.has(name);
  const read = readExpression(when, { field, isCondition: true, knows }, context);
  return read.kind === "refused" ? read.refusal : undefined;
}

const invalid = (field: string, problem: string): Refusal =>
  refusal("invalid_argument", `${field} ${problem}`, { field });

const refuse = (field: string, problem: string) => ({ kind: "refused", refusal: invalid(field, problem) }) as const;
