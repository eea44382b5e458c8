import { createStore, type LocalStore } from "@trimtab/store";
import { builtinTypes } from "@trimtab/types";
import { type Comparison, repeatAsync } from "./work.ts";

/** What a write costs as a session, a store and a log grow: it is to stay what it was. */
export async function growthComparisons(): Promise<Comparison[]> {
  const write = (store: LocalStore, session: (i: number) => string, variables: number) => (count: number) =>
    repeatAsync(count, (i) => store.setVariable(session(i), `v${(i * 7919) % variables}`, (i % 20) / 10));
  const ofVariables = await Promise.all([10, 1000, 100_000].map(async (n) => [n, await openStore(1, n)] as const));
  const ofSessions = await Promise.all([1, 100, 10_000].map(async (n) => [n, await openStore(n, 10)] as const));
  const young = await openStore(1, 10);
  const old = await openStore(1, 10);
  for (let i = 0; i < 1_000_000; i++) await old.setVariable("s0", `v${i % 10}`, (i % 20) / 10);
  const flat = (text: string, subject: string, to: string) => ({ text, subject, to: [to], limit: { atMost: 1.2 } });
  return [
    {
      title: "A write, by variables in the session",
      subjects: ofVariables.map(([n, store]) => ({ name: `${n}`, run: write(store, () => "s0", n) })),
      goals: [flat("a write among 100,000 variables, to one among 10", "100000", "10")],
    },
    {
      title: "A write, by sessions in the store",
      subjects: ofSessions.map(([n, store]) => ({ name: `${n}`, run: write(store, (i) => `s${i % n}`, 10) })),
      goals: [flat("a write among 10,000 sessions, to one in the only session", "10000", "1")],
    },
    {
      title: "A write, by commits before it",
      subjects: [
        { name: "few", run: write(young, () => "s0", 10) },
        { name: "1000000", run: write(old, () => "s0", 10) },
      ],
      goals: [flat("a write after 1,000,000 commits, to one after few", "1000000", "few")],
    },
  ];
}

/** Opens a store that keeps little of the past, so that its memory does not grow while it is measured. */
async function openStore(sessions: number, variables: number): Promise<LocalStore> {
  const store = createStore({
    types: builtinTypes,
    limits: { variablesPerSession: variables },
    history: { versionsPerVariable: 1 },
    historyCommits: 100,
    maxSessions: sessions,
  });
  for (let s = 0; s < sessions; s++) {
    await store.createSession({ id: `s${s}` });
    for (let from = 0; from < variables; from += 1000) {
      const count = Math.min(1000, variables - from);
      const names = Array.from({ length: count }, (_, i) => `v${from + i}`);
      await store.registerVariables(
        `s${s}`,
        names.map((name) => ({ name, type: "float", value: 0.5, constraints: { min: 0, max: 2 } })),
      );
    }
  }
  return store;
}
