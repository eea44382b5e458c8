import {
  absentSession,
  type Command,
  type Commit,
  createTypeRegistry,
  decideBatch,
  defaultLimits,
  draftOf,
  evolve,
  evolveSummary,
  fromSnapshot,
  nextCommit,
  parseConstraints,
  parseValue,
  type SessionState,
  summaryOf,
  toSnapshot,
} from "@trimtab/core";
import { builtinTypes } from "@trimtab/types";
import fc from "fast-check";
import { expect, test } from "vitest";

const types = createTypeRegistry(builtinTypes);
const names = fc.constantFrom("a", "b", "c", "var_a_1", "");
const values = fc.oneof(
  fc.double(),
  fc.integer({ min: -5, max: 5 }),
  fc.constantFrom("x", "y", null, true, Number.NaN),
  fc.constant([1, 2]),
);
const specs = fc.oneof(
  fc.record({
    name: names,
    type: fc.constant("float"),
    value: values,
    constraints: fc.constantFrom({}, { min: 0, max: 2 }, { min: 3, max: 1 }),
  }),
  fc.record({
    name: names,
    type: fc.constantFrom("integer", "string", "embedding", "nope"),
    value: values,
    readOnly: fc.boolean(),
  }),
);
const accessRules = fc.constantFrom([], [{ sessionPattern: "*", permissions: ["read" as const] }]);
const ifExists = fc.constantFrom("keep" as const, "refuse" as const);
const version = fc.option(fc.integer({ min: 0, max: 3 }), { nil: undefined });
const defined = <T extends object>(record: T): T =>
  Object.fromEntries(Object.entries(record).filter(([, value]) => value !== undefined)) as T;

const command = fc
  .oneof(
    fc.record({ kind: fc.constant("create-session"), epoch: fc.constantFrom("e1", "e2"), ifExists }),
    fc.record({ kind: fc.constant("register-variable"), spec: specs, ifExists }),
    {
      weight: 4,
      arbitrary: fc.record({ kind: fc.constant("set-variable"), ref: names, value: values, expectedVersion: version }),
    },
    fc.record({
      kind: fc.constant("change-variable"),
      ref: names,
      constraints: fc.constantFrom({}, { min: 1 }, { max: 1 }),
    }),
    fc.record({
      kind: fc.constant("delete-variable"),
      ref: names,
      allowMissing: fc.boolean(),
      expectedVersion: version,
    }),
    {
      weight: 4,
      arbitrary: fc.record({
        kind: fc.constant("add-dependency"),
        spec: fc.record({ variable: names, dependsOn: names }),
      }),
    },
    fc.record({
      kind: fc.constant("remove-dependency"),
      variable: names,
      dependsOn: names,
      allowMissing: fc.boolean(),
    }),
    fc.record({ kind: fc.constant("put-program"), id: names, body: fc.constant({ n: 1 }) }),
    fc.record({ kind: fc.constant("delete-program"), id: names }),
    { weight: 1, arbitrary: fc.record({ kind: fc.constant("delete-session"), cause: fc.constant("session_deleted") }) },
  )
  .map((each) => defined(each) as Command);
/** A command that makes a commit of its own. */
const alone = fc.oneof(
  fc.record({ kind: fc.constant("set-session-permissions" as const), rules: accessRules }),
  fc.record({ kind: fc.constant("set-variable-permissions" as const), ref: names, rules: accessRules }),
);
const commands: fc.Arbitrary<Command[]> = fc.oneof(
  { weight: 8, arbitrary: fc.array(command, { minLength: 1, maxLength: 4 }) },
  { weight: 1, arbitrary: alone.map((one) => [one]) },
);
const batches = fc.array(fc.record({ commands, atomic: fc.boolean() }), { maxLength: 25 });

const create: Command = { kind: "create-session", epoch: "e0" };
const plain = (state: SessionState) => toSnapshot(state);

/** Every stored value is canonical and satisfies its own constraints, which are canonical too. */
function expectSound(state: SessionState): void {
  for (const variable of state.variables.values()) {
    const type = types.get(variable.type);
    if (type === undefined) throw new Error(`a variable of the unknown type ${variable.type}`);
    expect(parseConstraints(type, variable.constraints)).toEqual({ kind: "parsed", value: variable.constraints });
    const value = type.decode(variable.payload);
    const parsed = parseValue(type, variable.constraints, value, variable.name);
    expect(parsed.kind === "parsed" && type.equals(parsed.value, value)).toBe(true);
    expect(type.encode(value)).toEqual(variable.payload);
    expect(state.names.get(variable.name)).toBe(variable.id);
  }
  for (const id of state.variables.keys()) expectNoCycle(state, id, []);
  expect(state.variables.size).toBe(state.variableCount);
  expect(state.names.size).toBe(state.variableCount);
  expect(state.programs.size).toBe(state.programCount);
}

/** Dependencies lead from a variable to others that are there, and never back to it. */
function expectNoCycle(state: SessionState, id: string, way: readonly string[]): void {
  expect(way).not.toContain(id);
  expect(state.variables.has(id)).toBe(true);
  for (const { dependsOn } of state.dependencies.dependenciesOf(id)) expectNoCycle(state, dependsOn, [...way, id]);
}

test("over random programs: refused changes nothing, the fold is what was decided on, every value is sound, and nothing depends on itself", () => {
  fc.assert(
    fc.property(batches, (program) => {
      let state = absentSession("s");
      const log: Commit[] = [];
      for (const [step, { commands, atomic }] of [{ commands: [create], atomic: true }, ...program].entries()) {
        const context = { atMs: 1000 + (step % 3), types, limits: defaultLimits };
        const before = plain(state);
        const decision = decideBatch(state, commands, context, { atomic });
        expect(plain(state)).toEqual(before);
        if (decision.kind === "refused" || decision.steps.length === 0) continue;
        const commit = nextCommit(state, decision, context);
        const drafted = evolve(draftOf(state), commit);
        const summary = evolveSummary(summaryOf(state), commit);
        state = evolve(state, commit);
        log.push(commit);
        expect(plain(drafted)).toEqual(plain(state));
        expect(state.revision).toBe(log.length);
        expectSound(state);
        if (summary !== undefined) expect(summary).toEqual(summaryOf(state));
      }
      const times = log.map((commit) => commit.atMs);
      expect(times.every((time, i) => i === 0 || time > (times[i - 1] as number))).toBe(true);
      const replayed = log.reduce(evolve, absentSession("s"));
      expect(plain(replayed)).toEqual(plain(state));
      expect(plain(fromSnapshot(plain(state)))).toEqual(plain(state));
    }),
    { numRuns: 300 },
  );
});
