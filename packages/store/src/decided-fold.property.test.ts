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
  stepsOf,
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
      if (decision.kind === "refused" || decision.steps.length === 0) continue;
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

/** A graph in which most depend on one variable, some of which do not always change. */
const crowd = fc.array(fc.constantFrom("sum", "quotient", "sign"), { minLength: 2, maxLength: 24 }).map((forms) => {
  const expressions = { sum: "r0 * 2.5", quotient: "1.0 / r0", sign: "r0 > 0.0 ? 1.0 : -1.0" };
  return [...roots.map((name) => register(name)), ...forms.map((form, i) => register(`d${i}`, expressions[form]))];
});
/** Mostly one write after the other of what most depend on. */
const crowdStep = fc.oneof(
  { weight: 12, arbitrary: fc.integer({ min: -3, max: 3 }).map((r0) => ({ kind: "write", values: { r0 } }) as const) },
  { weight: 1, arbitrary: step },
);

/** A state in which each variable is in the place of what it was, so that nothing is where values are computed quickly. */
function covered(state: SessionState): SessionState {
  const draft = draftOf(state);
  for (const variable of state.variables.values()) draft.variables.set(variable.id, variable);
  return draft;
}

/** What remains of two sessions that are told the same, one looked at after each commit and one only where a step says so. */
interface Course {
  readonly commands: readonly Command[];
  readonly leads: readonly number[];
  readonly steps: readonly Step[];
}
/** Gives how many runs of derived values there were. */
function expectAlike({ commands, leads, steps }: Course): number {
  const commits: [Commit, Commit][] = [];
  const options = { versionsPerVariable: 3, valueBytes: 100 };
  const begin: SessionState = absentSession("s");
  let atMs = 1000;
  const commitTo = (state: SessionState, program: readonly Command[]) => {
    const by = { ...context, atMs, actor: `a${atMs % 3}`, metadata: program.length > 1 ? { run: atMs } : {} };
    const decision = decideBatch(state, program, by, { atomic: true });
    if (decision.kind === "refused" || decision.steps.length === 0) return undefined;
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
      const id = `var_d${one.index}_${one.index + 4}`;
      expect(quick.variables.get(id)).toEqual(looked.variables.get(id));
      expect(history.versionsOf(id)).toEqual(lookedHistory.versionsOf(id));
      continue;
    }
    const program = commandsOf(one);
    const [decided, plainly] = [commitTo(quick, program), commitTo(covered(looked), program)];
    expect(decided === undefined).toBe(plainly === undefined);
    if (decided === undefined || plainly === undefined) continue;
    quick = evolveDecided(quick, decided.commit, decided.made);
    history.apply(decided.commit);
    const read = plainly.commit;
    expect(stepsOf(read)).toBe(read.events);
    looked = evolve(looked, read);
    lookedHistory.apply(read);
    expect(history.size).toBe(lookedHistory.size);
    commits.push([decided.commit, read]);
    toSnapshot(looked);
    lookedHistory.toEntries();
  }
  // Their events are made now, when everything has gone on.
  const runs = commits.flatMap(([decided]) => stepsOf(decided).filter(({ kind }) => kind === "derived-run"));
  for (const [decided, read] of commits) expect(decided).toEqual(read);
  for (const [decided, read] of commits) expect(structuredClone({ ...decided })).toEqual(read);
  expect(history.toEntries()).toEqual(lookedHistory.toEntries());
  expect(toSnapshot(quick)).toEqual(toSnapshot(looked));
  expect(toSnapshot(fromSnapshot(toSnapshot(quick)))).toEqual(toSnapshot(looked));
  return runs.length;
}

const lead = fc.array(fc.integer({ min: 0, max: 3 }), { minLength: 15, maxLength: 15 });

test("what nobody looks at is what it would be if somebody had looked at every step, in any graph", () => {
  let runs = 0;
  const property = fc.property(graph, lead, fc.array(step, { maxLength: 25 }), (commands, leads, steps) => {
    runs += expectAlike({ commands, leads, steps });
  });
  fc.assert(property, { numRuns: 150 });
  expect(runs).toBeGreaterThan(0);
});

test("what nobody looks at is what it would be if somebody had looked at every step, where many follow from one", () => {
  let runs = 0;
  const property = fc.property(crowd, lead, fc.array(crowdStep, { maxLength: 40 }), (commands, leads, steps) => {
    runs += expectAlike({ commands, leads, steps });
  });
  fc.assert(property, { numRuns: 150 });
  expect(runs).toBeGreaterThan(0);
});
