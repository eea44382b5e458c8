import {
  absentSession,
  type Command,
  createTypeRegistry,
  decideBatch,
  defaultLimits,
  draftOf,
  evolve,
  evolveDecided,
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
