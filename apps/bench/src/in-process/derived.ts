import { cel, compileExpression } from "@trimtab/expressions";
import { createStore, type LocalStore } from "@trimtab/store";
import { builtinTypes } from "@trimtab/types";
import { type Comparison, repeat } from "./work.ts";

/** Derived variables that one write reaches, whatever else there is. */
const reached = 10;

/**
 * What a write costs that reaches ten derived variables, in sessions of ten and of ten thousand: the cost is to follow
 * what is reached and not what is there.
 */
export async function derivedComparisons(): Promise<Comparison[]> {
  const small = await openSession(reached);
  const large = await openSession(10_000);
  const write = (store: LocalStore) => async (count: number) => {
    for (let i = 0; i < count; i++) await store.setVariable("s", "root0", i % 1000);
  };
  return [
    await besideEvaluation(),
    {
      title: `A write that recomputes ${reached} derived variables`,
      subjects: [
        { name: `of ${reached}`, run: write(small) },
        { name: "of 10000", run: write(large) },
      ],
    },
  ];
}

/** What a write costs that reaches a thousand derived variables, beside the thousand expressions alone. */
async function besideEvaluation(): Promise<Comparison> {
  // Each write leaves a thousand events in the log: kept as long as by default, what is timed were the growing of memory.
  const store = createStore({
    types: builtinTypes,
    expressions: cel,
    historyCommits: 100,
    history: { versionsPerVariable: 10 },
  });
  await store.createSession({ id: "s" });
  await store.registerVariable("s", { name: "root", type: "float", value: 0 });
  const expressions = Array.from({ length: 1000 }, (_, i) => `root * 2.0 + ${i}.0`);
  await store.registerVariables(
    "s",
    expressions.map((expression, i) => ({
      name: `d${i}`,
      type: "float",
      derivation: { kind: "expression", expression },
    })),
  );
  const compiled = expressions.map((expression) => compileExpression(expression, { variables: () => "any" }));
  let value = 0;
  const [alone, written] = ["their expressions alone", "a write that computes, checks, versions and keeps all of them"];
  return {
    title: "1000 derived variables that depend on one",
    subjects: [
      {
        name: alone,
        run: (count) =>
          repeat(count, () => {
            const root = { kind: "number", value: ++value } as const;
            for (const expression of compiled) expression.evaluate(() => root);
            return root;
          }),
      },
      {
        name: written,
        run: async (count) => {
          for (let i = 0; i < count; i++) await store.setVariable("s", "root", ++value);
        },
      },
    ],
    goals: [
      {
        text: "a write that 1000 variables follow from, to their expressions alone",
        subject: written,
        to: [alone],
        limit: { atMost: 3 },
      },
    ],
  };
}

/** A session in which every root has ten variables derived from it, one from the other. */
async function openSession(derived: number): Promise<LocalStore> {
  const store = createStore({ types: builtinTypes, expressions: cel, limits: { variablesPerSession: 20_000 } });
  await store.createSession({ id: "s" });
  for (let root = 0; root < derived / reached; root++) {
    const names = Array.from({ length: reached }, (_, i) => `v${root}_${i}`);
    await store.registerVariables("s", [
      { name: `root${root}`, type: "float", value: 0 },
      ...names.map((name, i) => ({
        name,
        type: "float",
        derivation: { kind: "expression", expression: `${i === 0 ? `root${root}` : names[i - 1]} + 1.0` } as const,
      })),
    ]);
  }
  return store;
}
