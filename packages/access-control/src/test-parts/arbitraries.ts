import {
  type AccessQuestion,
  type AccessRule,
  accessPermissions,
  createVariable,
  type Permissions,
} from "@trimtab/core";
import fc from "fast-check";

/** Few ids, so that patterns and sessions often meet. */
const session = fc.constantFrom("a", "b", "tuner-1", "tuner-22", "tuner-", "x*y");

const pattern = fc.oneof(
  session,
  fc.constantFrom("*", "tuner-*", "*-1", "t*r-*2", "**", "z*"),
  fc.string({ unit: fc.constantFrom("a", "*", "t", "-", "1"), minLength: 1, maxLength: 8 }),
);

const attributes = fc.dictionary(
  fc.constantFrom("team", "level", "constructor"),
  fc.constantFrom<string | number>("ads", "search", 1, 2),
  {
    maxKeys: 3,
  },
);

const conditions = fc.oneof({ weight: 2, arbitrary: fc.constant({}) }, attributes);

/** Conditions of which some hold, some do not, and some cannot be evaluated. */
const when = fc.constantFrom(
  "",
  "",
  "",
  "'admin' in caller.roles",
  "caller.session.startsWith('tuner')",
  "variable.name == 'temperature' && permission != 'write'",
  "caller.attributes.level > 1.0",
  "timestamp(now) < timestamp('2026-01-01T00:00:00Z')",
);

/** Any rule, with an id that is its own. */
export const rule: fc.Arbitrary<AccessRule> = fc.record(
  {
    id: fc.uuid(),
    sessionPattern: pattern,
    permissions: fc.subarray([...accessPermissions], { minLength: 1 }),
    conditions,
    when,
    expiresAtMs: fc.integer({ min: 0, max: 4_000_000_000_000 }),
    priority: fc.integer({ min: -2, max: 2 }),
    effect: fc.constantFrom("allow", "deny"),
    description: fc.constant(""),
  },
  { requiredKeys: ["id", "sessionPattern", "permissions", "conditions", "when", "priority", "effect", "description"] },
);

/** Any list of rules. */
export const rules: fc.Arbitrary<readonly AccessRule[]> = fc.array(rule, { maxLength: 6 });

const permissionsOf = (own: readonly AccessRule[]): Permissions => ({
  rules: own,
  revision: 1,
  updatedAtMs: 0,
  updatedBy: "",
});

/** A variable with rules of its own. */
export const sharedVariable = (own: readonly AccessRule[], value = 1) =>
  createVariable({
    id: "var_temperature_1",
    name: "temperature",
    type: "float",
    payload: { kind: "number", value },
    createdAtMs: 0,
    permissions: permissionsOf(own),
  });

/** A question of somebody about a variable of session `owner`. */
export const question: fc.Arbitrary<AccessQuestion> = fc.record({
  caller: fc.record({
    session,
    principal: fc.constantFrom("", "ada"),
    attributes,
    roles: fc.subarray(["admin", "reader"]),
  }),
  permission: fc.constantFrom(...accessPermissions),
  owner: fc.constant("owner"),
  variable: rules.map((own) => sharedVariable(own)),
  sessionRules: rules,
  atMs: fc.integer({ min: 0, max: 4_000_000_000_000 }),
});
