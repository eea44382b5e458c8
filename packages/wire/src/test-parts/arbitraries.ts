import {
  type AccessRule,
  accessPermissions,
  createVariable,
  type Derivation,
  type DType,
  dtypeBytes,
  dtypes,
  elementCount,
  fromPayload,
  type NdArray,
  origins,
  type Payload,
  type Permissions,
  type Staleness,
  type ValueRecord,
  type Variable,
  type VariableChange,
} from "@trimtab/core";
import fc from "fast-check";

/** Any well-formed text. */
export const text = fc.string({ unit: "binary", maxLength: 20 });

const key = text.filter((each) => each !== "__proto__");

const ndArray: fc.Arbitrary<NdArray> = fc
  .tuple(fc.constantFrom<DType>(...dtypes), fc.array(fc.nat(4), { maxLength: 3 }))
  .chain(([dtype, shape]) => {
    const length = elementCount(shape) * dtypeBytes[dtype];
    return fc.uint8Array({ minLength: length, maxLength: length }).map((data) => ({ dtype, shape, data }));
  });

/** Any payload that core can hold, floats of all bit patterns but for the sign of NaN included. */
export const payload: fc.Arbitrary<Payload> = fc.letrec<{ payload: Payload }>((tie) => ({
  payload: fc.oneof(
    { depthSize: "small", withCrossShrink: true },
    fc.constant<Payload>({ kind: "null" }),
    fc.boolean().map<Payload>((value) => ({ kind: "boolean", value })),
    fc.double().map<Payload>((value) => ({ kind: "number", value })),
    fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n }).map<Payload>((value) => ({ kind: "integer", value })),
    text.map<Payload>((value) => ({ kind: "string", value })),
    fc.uint8Array({ maxLength: 20 }).map<Payload>((value) => ({ kind: "bytes", value })),
    ndArray.map<Payload>((value) => ({ kind: "array", value })),
    fc.array(tie("payload"), { maxLength: 4 }).map<Payload>((value) => ({ kind: "list", value })),
    fc
      .array(fc.tuple(key, tie("payload")), { maxLength: 4 })
      .map<Payload>((entries) => ({ kind: "map", value: new Map(entries) })),
  ),
})).payload;

/** A record as a store keeps it. */
export const record: fc.Arbitrary<ValueRecord> = fc
  .array(fc.tuple(key, payload), { maxLength: 4 })
  .map((entries) => fromPayload({ kind: "map", value: new Map(entries) }) as ValueRecord);

/** A time that a commit may have: whole microseconds from 1970 to 2100. */
export const timeMs = fc.integer({ min: 0, max: 4_102_444_800_000_000 }).map((micros) => micros / 1000);

/** A count, version or revision. */
export const whole = fc.maxSafeNat();

/** The runtime that a write may come from. */
export const origin = fc.constantFrom(...origins);

/** How a derived variable's value may be made. */
export const derivation: fc.Arbitrary<Derivation> = fc.oneof(
  fc.record({ kind: fc.constant("expression" as const), expression: text }),
  fc.record({ kind: fc.constant("function" as const), name: text }),
);

const stale: fc.Arbitrary<Staleness> = fc.record({ cause: text, sinceRevision: whole });

const accessRule: fc.Arbitrary<AccessRule> = fc.record(
  {
    id: text,
    sessionPattern: text,
    permissions: fc.subarray([...accessPermissions], { minLength: 1 }),
    conditions: record,
    when: text,
    expiresAtMs: timeMs,
    priority: fc.integer({ min: -(2 ** 31) + 1, max: 2 ** 31 - 1 }),
    effect: fc.constantFrom("allow", "deny"),
    description: text,
  },
  {
    requiredKeys: ["id", "sessionPattern", "permissions", "conditions", "when", "priority", "effect", "description"],
  },
);

/** Any list of access rules. */
const permissions: fc.Arbitrary<Permissions> = fc.record({
  rules: fc.array(accessRule, { maxLength: 3 }),
  revision: whole,
  updatedAtMs: timeMs,
  updatedBy: text,
});

/** Any variable that a store may hold. */
export const variable: fc.Arbitrary<Variable> = fc
  .record(
    {
      id: text,
      name: text,
      type: text,
      payload,
      constraints: record,
      metadata: record,
      description: text,
      version: whole,
      revision: whole,
      createdAtMs: timeMs,
      updatedAtMs: timeMs,
      updatedBy: text,
      origin,
      readOnly: fc.boolean(),
      derivation,
      stale,
      sensitive: fc.constant(true as const),
      permissions,
    },
    { requiredKeys: ["id", "name", "type", "payload", "createdAtMs"] },
  )
  .map(createVariable);

/** Ids of variables, or what else is listed by name. */
export const names = fc.array(text, { maxLength: 3 });

/** What a commit may have done to one variable. */
export const change: fc.Arbitrary<VariableChange> = fc
  .record(
    {
      kind: fc.constantFrom("registered", "updated", "changed", "deleted", "staleness", "dependency-changed"),
      id: text,
      name: text,
      version: whole,
      payload,
      metadata: record,
      oldPayload: payload,
      variable,
      unchanged: fc.constant(true as const),
      causedBy: names.filter((each) => each.length > 0),
    },
    { requiredKeys: ["kind", "id", "name", "version", "payload", "metadata"] },
  )
  .map((each) => ({
    ...each,
    value: fromPayload(each.payload),
    ...(each.oldPayload !== undefined && { oldValue: fromPayload(each.oldPayload) }),
  }));
