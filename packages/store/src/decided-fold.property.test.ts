import {
  absentSession,
  type Command,
  type Commit,
  createSessionHistory,
  createTypeRegistry,
  decideBatch,
  defaultLimits,
  draftOf,
  evolve,
  evolveDecided,
  fromSnapshot,
  nextCommit,
  type SessionState,
  toSnapshot,
} from "@trimtab/core";
import { cel } from "@trimtab/expressions";
import { builtinTypes } from "@trimtab/types";
import fc from "fast-check";
import { expect, test } from "vitest";

const context = { types: createTypeRegistry(builtinTypes), limits: defaultLimits, compile: cel };
const roots = ["r0", "r1", "r2"];

const register = (name: string, expression?: string): Command => ({
  kind: "register-variable",
  spec: {
    name,
    type: "float",
    ...(expression === undefined ? { value: 1 } : { derivation: { kind: "expression", expression } }),
  },
});

/** A variable derived from one or two others, which fails where the second is zero and does not always change. */
const derived = fc.record({
  first: fc.nat(20),
  second: fc.nat(20),
  form: fc.constantFrom("sum", "quotient", "sign"),
});
const graph = fc.array(derived, { minLength: 1, maxLength: 12 }).map((specs) => {
  const commands = roots.map((name) => register(name));
  for (const [i, { first, second, form }] of specs.entries()) {
    const nameAt = (n: number) => (n % (i + 3) < 3 ? roots[n % (i + 3)] : `d${(n % (i + 3)) - 3}`);
    const [a, b] = [nameAt(first), nameAt(second)];
    const expressions = { sum: `${a} + ${b}`, quotient: `${a} / ${b}`, sign: `${a} > 0.0 ? 1.0 : -1.0` };
    commands.push(register(`d${i}`, expressions[form]));
  }
  return commands;
});
const write = fc.dictionary(fc.constantFrom(...roots), fc.integer({ min: -2, max: 2 }), { minKeys: 1 });
const rule: Command = { kind: "put-rule", rule: { name: "bounded", expression: "r0 > -2.0", message: "too low" } };

test("what deciding has worked out on the way is what folding would make", () => {
  let made = 0;
  const property = fc.property(graph, fc.array(write, { maxLength: 15 }), fc.boolean(), (commands, writes, isRuled) => {
    let state: SessionState = absentSession("s");
    const programs: Command[][] = [[{ kind: "create-session", epoch: "e" }], commands, isRuled ? [rule] : []];
    for (const values of writes) {
      programs.push(Object.entries(values).map(([ref, value]) => ({ kind: "set-variable", ref, value })));
    }
    for (const [step, program] of programs.entries()) {
      const at = { ...context, atMs: 1000 + step * 0.4 };
      const decision = decideBatch(state, program, at, { atomic: true });
      if (decision.kind === "refused" || decision.events.length === 0) continue;
      const commit = nextCommit(state, decision, at);
      made += decision.variables?.filter((each) => each !== undefined).length ?? 0;
      const short = evolveDecided(draftOf(state), commit, decision.variables ?? []);
      state = evolve(state, commit);
      expect(toSnapshot(short)).toEqual(toSnapshot(state));
    }
  });
  fc.assert(property, { numRuns: 150 });
  expect(made).toBeGreaterThan(0);
});

/** Commands that one commit is made of, or a look at a variable between two. */
const step = fc.oneof(
  { weight: 8, arbitrary: write.map((values) => ({ kind: "write", values }) as const) },
  { weight: 2, arbitrary: fc.record({ kind: fc.constant("look" as const), index: fc.nat(11) }) },
  {
    weight: 3,
    arbitrary: fc.record({
      kind: fc.constantFrom("derive", "clear", "describe", "delete", "limit"),
      index: fc.nat(11),
      cut: fc.boolean(),
    }),
  },
);
type Step = typeof step extends fc.Arbitrary<infer T> ? T : never;

function commandsOf(one: Exclude<Step, { kind: "look" }>): Command[] {
  if (one.kind === "write") {
    return Object.entries(one.values).map(([ref, value]) => ({ kind: "set-variable", ref, value }));
  }
  const { index, cut } = one;
  const ref = `d${index}`;
  switch (one.kind) {
    case "derive":
      return [{ kind: "set-derivation", ref, derivation: { kind: "expression", expression: `r${index % 3} * 2.0` } }];
    case "clear":
      return [{ kind: "clear-derivation", ref, removeDependencies: cut }];
    case "describe":
      return [{ kind: "change-variable", ref, description: `is ${index}`, metadata: { note: index } }];
    case "limit":
      return [{ kind: "change-variable", ref, constraints: { max: 3 } }];
    default:
      return [{ kind: "delete-variable", ref, cascade: cut }];
  }
}

test("what nobody looks at is what it would be if somebody had looked at every step", () => {
  let taken = 0;
  const options = { versionsPerVariable: 3, valueBytes: 100 };
  const lead = fc.array(fc.integer({ min: 0, max: 3 }), { minLength: 15, maxLength: 15 });
  const property = fc.property(graph, lead, fc.array(step, { maxLength: 25 }), (commands, leads, steps) => {
    const begin: SessionState = absentSession("s");
    let atMs = 1000;
    const commitTo = (state: SessionState, program: Command[]) => {
      const by = { ...context, atMs, actor: `a${atMs % 3}`, metadata: program.length > 1 ? { run: atMs } : {} };
      const decision = decideBatch(state, program, by, { atomic: true });
      if (decision.kind === "refused" || decision.events.length === 0) return undefined;
      return { commit: nextCommit(state, decision, by), made: decision.variables ?? [] };
    };
    for (const program of [[{ kind: "create-session", epoch: "e" } as const], commands]) {
      const first = commitTo(begin, program);
      if (first !== undefined) Object.assign(begin, evolve(begin, first.commit));
    }
    // Some were updated in the future, as what comes from elsewhere may be.
    const snapshot = toSnapshot(begin);
    const variables = snapshot.variables.map((each, i) => ({ ...each, updatedAtMs: 1000 + (leads[i] ?? 0) }));
    let quick = fromSnapshot({ ...snapshot, variables });
    let looked = fromSnapshot({ ...snapshot, variables });
    const [history, lookedHistory] = [createSessionHistory(options), createSessionHistory(options)];
    for (const one of steps) {
      atMs += 0.7;
      if (one.kind === "look") {
        quick.variables.get(`var_d${one.index}_${one.index + 4}`);
        history.versionsOf(`var_d${one.index}_${one.index + 4}`);
        continue;
      }
      const decided = commitTo(quick, commandsOf(one));
      if (decided === undefined) continue;
      taken += decided.made.filter((each) => each !== undefined && "table" in each).length;
      quick = evolveDecided(quick, decided.commit, decided.made);
      history.apply(decided.commit);
      // As it comes from a log: without what deciding left in it.
      const read: Commit = structuredClone(decided.commit);
      looked = evolve(looked, read);
      lookedHistory.apply(read);
      toSnapshot(looked);
      lookedHistory.toEntries();
    }
    expect(history.toEntries()).toEqual(lookedHistory.toEntries());
    expect(toSnapshot(quick)).toEqual(toSnapshot(looked));
    expect(toSnapshot(fromSnapshot(toSnapshot(quick)))).toEqual(toSnapshot(looked));
  });
  fc.assert(property, { numRuns: 150 });
  expect(taken).toBeGreaterThan(0);
});
