import type { AccessRule, AccessRuleSpec, Permission, Permissions } from "@trimtab/core";
import { encodeRecord, encodeText, encodeTime } from "./caller-data.ts";
import {
  AccessEffect,
  Permission as WirePermission,
  type Permissions as WirePermissions,
  type AccessRule as WireRule,
} from "./gen/trimtab/v1/access_rule_pb.ts";
import { fromKnown } from "./known.ts";
import { toWireRecord } from "./plain-value.ts";
import { present } from "./present.ts";
import { refuseMessage } from "./refuse.ts";
import { fromTimestamp, toTimestamp } from "./time.ts";
import { fromWireRecord } from "./value.ts";
import { fromUint64, toUint64 } from "./whole-number.ts";

const wirePermissions = {
  read: WirePermission.READ,
  write: WirePermission.WRITE,
  observe: WirePermission.OBSERVE,
  optimize: WirePermission.OPTIMIZE,
} as const satisfies Record<Permission, WirePermission>;

const effects = {
  allow: AccessEffect.ALLOW,
  deny: AccessEffect.DENY,
} as const satisfies Record<AccessRule["effect"], AccessEffect>;

/**
 * Puts a permission on the wire that nobody has checked yet.
 *
 * @throws StoreError `invalid_argument` naming the path, for anything but a permission
 */
export function toWirePermission(permission: Permission, path = "permission"): WirePermission {
  if (Object.hasOwn(wirePermissions, permission)) return wirePermissions[permission];
  const given = String(permission);
  throw refuseMessage(path, `must be one of ${Object.keys(wirePermissions).join(", ")}, got ${given}`, given);
}

/**
 * Reads a permission.
 *
 * @throws StoreError `invalid_argument` naming the path, for one that is not said or not known here
 */
export const fromWirePermission = (permission: WirePermission, path = "permission"): Permission =>
  fromKnown(wirePermissions, permission, path);

/** Puts an access rule on the wire. */
export const toWireAccessRule = (rule: AccessRule): WireRule => ({
  $typeName: "trimtab.v1.AccessRule",
  id: rule.id,
  sessionPattern: rule.sessionPattern,
  permissions: rule.permissions.map((permission) => wirePermissions[permission]),
  conditions: toWireRecord(rule.conditions),
  when: rule.when,
  priority: rule.priority,
  effect: effects[rule.effect],
  description: rule.description,
  ...(rule.expiresAtMs !== undefined && { expiresAt: toTimestamp(rule.expiresAtMs) }),
});

/**
 * Puts access rules on the wire as a caller gave them.
 *
 * @throws StoreError `invalid_argument` naming the rule and the part that cannot be sent
 */
export const toWireAccessRules = (rules: readonly AccessRuleSpec[], path: string): WireRule[] =>
  rules.map((rule, index) => toWireSpec(rule, `${path}[${index}]`));

function toWireSpec(rule: AccessRuleSpec, path: string): WireRule {
  const { priority = 0, effect = "allow", expiresAtMs } = rule;
  if (!Object.hasOwn(effects, effect)) throw refuseMessage(`${path}.effect`, `must be allow or deny, got ${effect}`);
  if (!Number.isInteger(priority) || Math.abs(priority) > 2 ** 31 - 1) {
    throw refuseMessage(`${path}.priority`, `must be a whole number within 2147483647 of 0, got ${priority}`);
  }
  return {
    $typeName: "trimtab.v1.AccessRule",
    id: encodeText(rule.id ?? "", `${path}.id`),
    sessionPattern: encodeText(rule.sessionPattern, `${path}.sessionPattern`),
    permissions: rule.permissions.map((each) => toWirePermission(each, `${path}.permissions`)),
    conditions: encodeRecord(rule.conditions, `${path}.conditions`),
    when: encodeText(rule.when ?? "", `${path}.when`),
    priority,
    effect: effects[effect],
    description: encodeText(rule.description ?? "", `${path}.description`),
    ...(expiresAtMs !== undefined && { expiresAt: encodeTime(expiresAtMs, `${path}.expiresAtMs`) }),
  };
}

/**
 * Reads an access rule; one whose effect is not said allows.
 *
 * @throws StoreError `invalid_argument` naming the part that is out of range or not known here
 */
export function fromWireAccessRule(rule: WireRule, path: string): AccessRule {
  const { id, sessionPattern, when, priority, effect, description, expiresAt } = rule;
  return present({
    id,
    sessionPattern,
    permissions: rule.permissions.map((each) => fromWirePermission(each, `${path}.permissions`)),
    conditions: fromWireRecord(rule.conditions, `${path}.conditions`),
    when,
    expiresAtMs: expiresAt && fromTimestamp(expiresAt, `${path}.expires_at`),
    priority,
    effect: effect === AccessEffect.UNSPECIFIED ? "allow" : fromKnown(effects, effect, `${path}.effect`),
    description,
  });
}

/** Reads a list of access rules, each as {@link fromWireAccessRule} does. */
export const fromWireAccessRules = (rules: readonly WireRule[], path: string): AccessRule[] =>
  rules.map((rule, index) => fromWireAccessRule(rule, `${path}[${index}]`));

/** Puts a list of access rules and where it stands on the wire. */
export const toWirePermissions = ({ rules, revision, updatedAtMs, updatedBy }: Permissions): WirePermissions => ({
  $typeName: "trimtab.v1.Permissions",
  rules: rules.map(toWireAccessRule),
  revision: toUint64(revision),
  updatedAt: toTimestamp(updatedAtMs),
  updatedBy,
});

/**
 * Reads a list of access rules and where it stands.
 *
 * @throws StoreError `invalid_argument` naming the part that is absent, out of range or not known here
 */
export function fromWirePermissions(permissions: WirePermissions | undefined, path = "permissions"): Permissions {
  if (permissions === undefined) throw refuseMessage(path, "is required");
  return Object.freeze({
    rules: Object.freeze(fromWireAccessRules(permissions.rules, `${path}.rules`)),
    revision: fromUint64(permissions.revision, `${path}.revision`),
    updatedAtMs: fromTimestamp(permissions.updatedAt, `${path}.updated_at`),
    updatedBy: permissions.updatedBy,
  });
}
