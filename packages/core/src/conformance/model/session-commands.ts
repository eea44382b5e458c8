import fc from "fast-check";
import { expect } from "vitest";
import { readWatch, rejection } from "../store/harness.ts";
import { pastCommands } from "./past-commands.ts";
import * as plain from "./plain-operations.ts";
import { bounds, type PlainSession } from "./plain-session.ts";
import { catchUp, operation, type RealSession, type SessionCommand } from "./real-session.ts";

const name = fc.constantFrom("a", "b", "c", "d", "e");
// Whole numbers, so that sums are exact, and some out of bounds.
const value = fc.integer({ min: bounds.min - 10, max: bounds.max + 10 });
const small = fc.integer({ min: -20, max: 20 });
const expression = (left: string, right: string) => `${left} + ${right}`;
const spec = { type: "float", constraints: bounds } as const;

const register = fc.tuple(name, value).map(([each, initial]) =>
  operation(
    `register ${each} = ${initial}`,
    (session) => plain.register(session, each, initial),
    ({ store, id }) => store.registerVariable(id, { ...spec, name: each, value: initial }),
  ),
);

const registerSum = fc.tuple(name, name, name).map(([each, left, right]) =>
  operation(
    `register ${each} = ${left} + ${right}`,
    (session) => plain.registerSum(session, each, [left, right]),
    ({ store, id }) =>
      store.registerVariable(id, {
        ...spec,
        name: each,
        derivation: { kind: "expression", expression: expression(left, right) },
      }),
  ),
);

const set = fc
  .tuple(name, fc.oneof(value, small), fc.option(fc.nat({ max: 3 }), { nil: undefined }))
  .map(([each, next, expected]) =>
    operation(
      `set ${each} = ${next}${expected === undefined ? "" : ` at version ${expected}`}`,
      (session) => plain.setAll(session, new Map([[each, next]]), { atomic: true, expected }),
      ({ store, id }) => store.setVariable(id, each, next, expected === undefined ? {} : { expectedVersion: expected }),
    ),
  );

const setMany = fc
  .tuple(
    fc.uniqueArray(fc.tuple(name, fc.oneof(value, small)), { minLength: 1, selector: ([each]) => each }),
    fc.boolean(),
  )
  .map(([updates, atomic]) =>
    operation(
      `set ${updates.map(([each, next]) => `${each} = ${next}`).join(", ")}${atomic ? "" : " as far as possible"}`,
      (session) => plain.setAll(session, new Map(updates), { atomic }),
      ({ store, id }) => store.setVariables(id, updates, { atomic }),
    ),
  );

const remove = fc.tuple(name, fc.boolean()).map(([each, cascade]) =>
  operation(
    `delete ${each}${cascade ? " and what depends on it" : ""}`,
    (session) => plain.remove(session, each, cascade),
    ({ store, id }) => store.deleteVariable(id, each, { cascade }),
  ),
);

const addDependency = fc.tuple(name, name).map(([each, on]) =>
  operation(
    `${each} depends on ${on}`,
    (session) => plain.addDependency(session, each, on),
    ({ store, id }) => store.addDependency(id, { variable: each, dependsOn: on }),
  ),
);

const removeDependency = fc.tuple(name, name).map(([each, on]) =>
  operation(
    `${each} no longer depends on ${on}`,
    (session) => plain.removeDependency(session, each, on),
    ({ store, id }) => store.removeDependency(id, each, on),
  ),
);

const clearDerivation = name.map((each) =>
  operation(
    `${each} is no sum any more`,
    (session) => plain.clearDerivation(session, each),
    ({ store, id }) => store.clearDerivation(id, each),
  ),
);

const rule = fc.constantFrom("order", "limit");
const putRule = fc.tuple(rule, name, name).map(([each, left, right]) =>
  operation(
    `rule ${each}: ${left} <= ${right}`,
    (session) => plain.putRule(session, each, [left, right]),
    ({ store, id }) => store.putRule(id, { name: each, expression: `${left} <= ${right}` }),
  ),
);
const deleteRule = rule.map((each) =>
  operation(
    `no rule ${each}`,
    (session) => plain.deleteRule(session, each),
    ({ store, id }) => store.deleteRule(id, each),
  ),
);

const rollback = fc.tuple(name, fc.nat({ max: 4 })).map(([each, version]) =>
  operation(
    `${each} back to version ${version}`,
    (session) => plain.rollback(session, each, version),
    ({ store, id }) => store.rollbackVariable(id, each, { kind: "version", version }),
  ),
);

/** Leases a variable, which then its holder alone writes. */
const optimize = fc.tuple(name, small).map(
  ([each, next]): SessionCommand => ({
    check: ({ state }) => state.variables.has(each) && state.variables.get(each)?.sumOf === undefined,
    toString: () => `optimize ${each}, and set it to ${next}`,
    async run(session, target) {
      const { store, id } = target;
      const pass = () => {
        session.revision++;
        session.past.set(session.revision, session.state);
      };
      const { optimization, fencingToken } = await store.startOptimization(id, [each], { optimizer: "model" });
      pass();
      await rejection(store.setVariable(id, each, next), "already_optimizing");
      await expect(store.deleteVariable(id, each, { cascade: true })).rejects.toBeDefined();
      await operation(
        `set ${each} = ${next} by its holder`,
        () => plain.setAll(session, new Map([[each, next]]), { atomic: true }),
        () => store.setVariable(id, each, next, { lease: { optimization: optimization.id, fencingToken } }),
      ).run(session, target);
      await store.stopOptimization(id, { kind: "variable", ref: each });
      pass();
    },
  }),
);

/** Lets the watch catch up, compares all that it has told, and goes on with a new one from its token. */
const resumeWatch = fc.constant<SessionCommand>({
  check: () => true,
  toString: () => "the watch breaks off and resumes",
  async run(session, target) {
    await catchUp(session, target);
    await target.watch.close();
    target.watch = readWatch(target.store.watch(target.id, {}, { after: target.token }));
  },
});

/** Leaves the store behind and goes on with another one on what it has stored. */
const reopen = fc.constant<SessionCommand>({
  check: () => true,
  toString: () => "the store is left behind and another one opened",
  async run(session, target) {
    if (target.reopen === undefined) return;
    const left = target.watch;
    target.store = await target.reopen();
    await operation(
      "read after that",
      () => ({}),
      async () => {},
    ).run(session, target);
    target.watch = readWatch(target.store.watch(target.id, {}, { after: target.token }));
    await left.close();
  },
});

/** Registers the variables that most commands speak of, so that few of them find nothing there. */
export async function beginWith(
  session: PlainSession,
  { store, id }: Pick<RealSession, "store" | "id">,
): Promise<void> {
  for (const [each, initial] of [
    ["a", 1],
    ["b", 2],
    ["c", -3],
  ] as const) {
    plain.register(session, each, initial);
    await store.registerVariable(id, { ...spec, name: each, value: initial });
  }
  plain.registerSum(session, "d", ["a", "b"]);
  const derivation = { kind: "expression", expression: expression("a", "b") } as const;
  await store.registerVariable(id, { ...spec, name: "d", derivation });
}

/** Every command, those that build something up more often. */
export const sessionCommands: fc.Arbitrary<SessionCommand>[] = [
  register,
  registerSum,
  registerSum,
  set,
  set,
  set,
  setMany,
  setMany,
  remove,
  addDependency,
  removeDependency,
  clearDerivation,
  putRule,
  deleteRule,
  rollback,
  optimize,
  ...pastCommands(name),
  resumeWatch,
  reopen,
];
