import {
  createVariable,
  type Dependency,
  type DType,
  dependencyKinds,
  dtypeBytes,
  dtypes,
  elementCount,
  fromPayload,
  type NdArray,
  origins,
  type Payload,
  type ValueRecord,
  type Variable,
  type VariableExport,
  type VariableVersion,
} from "@trimtab/core";
import fc from "fast-check";

/** Any well-formed text, with what the formats have special signs for. */
export const text = fc.oneof(
  fc.string({ unit: "binary", maxLength: 12 }),
  fc.string({
    unit: fc.constantFrom("'", '"', "=", "+", "-", "@", "\t", "\r", "\n", ",", "0", "{", "\u{1f600}", "\uffff"),
  }),
  fc.constantFrom("constraints", "metadata", "entries", "history", "__metadata__", "toString", "=1+1", "'=x"),
);

const key = text.filter((each) => each !== "__proto__");

/** Arrays of every dtype, empty ones and scalars too. */
export const ndArray: fc.Arbitrary<NdArray> = fc
  .tuple(fc.constantFrom<DType>(...dtypes), fc.array(fc.nat(3), { maxLength: 3 }))
  .chain(([dtype, shape]) => {
    const length = elementCount(shape) * dtypeBytes[dtype];
    return fc.uint8Array({ minLength: length, maxLength: length }).map((data) => ({ dtype, shape, data }));
  });

const number = fc.oneof(fc.double(), fc.integer(), fc.constantFrom(-0, 0, 1e21, 5e-324, Number.MAX_VALUE));

/** Any payload that core can hold, and its kinds all in one run. */
const payload: fc.Arbitrary<Payload> = fc.letrec<{ payload: Payload }>((tie) => ({
  payload: fc.oneof(
    { depthSize: "small", withCrossShrink: true },
    fc.constant<Payload>({ kind: "null" }),
    fc.boolean().map<Payload>((value) => ({ kind: "boolean", value })),
    number.map<Payload>((value) => ({ kind: "number", value })),
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

const record: fc.Arbitrary<ValueRecord> = fc
  .array(fc.tuple(key, payload), { maxLength: 3 })
  .map((entries) => fromPayload({ kind: "map", value: new Map(entries) }) as ValueRecord);

/** A time that a commit may have: whole microseconds from 1970 to 2100. */
const timeMs = fc.integer({ min: 0, max: 4_102_444_800_000_000 }).map((micros) => micros / 1000);

const whole = fc.maxSafeNat();

const origin = fc.constantFrom(...origins);

const derivation = fc.oneof(
  fc.record({ kind: fc.constant("expression" as const), expression: text }),
  fc.record({ kind: fc.constant("function" as const), name: text }),
);

/** Any variable that a store may hold. */
export const variable: fc.Arbitrary<Variable> = fc
  .record(
    {
      id: key.filter((each) => each !== ""),
      name: key.filter((each) => each !== ""),
      type: text.filter((each) => each !== ""),
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
      sensitive: fc.constant(true as const),
      derivation,
      stale: fc.record({ cause: text, sinceRevision: whole }),
    },
    { requiredKeys: ["id", "name", "type", "payload", "createdAtMs"] },
  )
  .map(createVariable);

const dependency = (ids: fc.Arbitrary<string>): fc.Arbitrary<Dependency> =>
  fc.record({
    variable: ids,
    dependsOn: ids,
    kind: fc.constantFrom(...dependencyKinds),
    metadata: record,
    createdAtMs: timeMs,
    revision: whole,
  });

const version: fc.Arbitrary<VariableVersion> = fc
  .record(
    {
      version: whole,
      payload,
      updatedAtMs: timeMs,
      updatedBy: text,
      origin,
      metadata: record,
      revision: whole,
      rolledBackTo: whole,
      causedBy: fc.array(text, { minLength: 1, maxLength: 3 }),
    },
    { requiredKeys: ["version", "updatedAtMs", "updatedBy", "origin", "metadata", "revision"] },
  )
  .map((each) => ("payload" in each ? { ...each, value: fromPayload(each.payload) } : each));

/** Anything that a store may export, and more: any text, any times, every kind of value. */
export const arbitraryExport: fc.Arbitrary<VariableExport> = fc
  .uniqueArray(variable, { maxLength: 4, selector: ({ name }) => name })
  .map((variables) => variables.filter(({ id }, at) => variables.findIndex((each) => each.id === id) === at))
  .chain((variables) => {
    const ids = variables.length === 0 ? text : fc.constantFrom(...variables.map(({ id }) => id));
    return fc.record({
      session: text,
      revision: whole,
      exportedAtMs: timeMs,
      variables: fc.constant(variables),
      dependencies: fc.array(dependency(ids), { maxLength: 3 }),
      history: fc
        .array(fc.tuple(ids, fc.array(version, { maxLength: 3 })), { maxLength: 3 })
        .map((entries) => new Map(entries.filter(([id]) => id !== "__proto__"))),
    });
  });
