import { createStore, type LocalStore } from "@trimtab/store";
import { builtinTypes } from "@trimtab/types";
import { type Measured, ratioGoal } from "../goals.ts";
import { type MeasureOptions, measure, type Subject } from "../measure.ts";
import { markdownTable } from "../optimize/markdown.ts";
import { createByHand } from "./by-hand.ts";
import { type Comparison, measureAll, repeat, repeatAsync } from "./work.ts";

/** What a write costs as a session, a store and a log grow: it is to stay what it was. */
export async function benchGrowth(options: MeasureOptions): Promise<Measured> {
  const parts = [
    await measureGrowth(await byVariables(), options),
    await measureGrowth(await bySessions(), options),
    await measureAll([await byCommits()], options),
  ];
  return { tables: parts.map(({ tables }) => tables).join("\n"), goals: parts.flatMap(({ goals }) => goals) };
}

/** Writes in settings that grow. */
interface Growth {
  readonly title: string;
  /** What `same` writes to. */
  readonly same: string;
  /** From the smallest to the largest. */
  readonly settings: readonly Setting[];
  /** What the goals for `all` and for `same` say. */
  readonly goals: { readonly all: string; readonly same: string };
}

interface Setting {
  readonly size: number;
  /** Writes to everything that there is. */
  readonly all: Run;
  /** Writes to what there is in the smallest setting too: what a write has to do shows here, whatever memory it comes by. */
  readonly same: Run;
  /** Writes to everything, by hand: what the machine's memory does by itself shows here. */
  readonly byHand: Run;
}

type Run = Subject["run"];

async function byVariables(): Promise<Growth> {
  const settingOf = async (size: number): Promise<Setting> => {
    const store = await openStore(1, size);
    const byHand = createByHand(namesOf(size), 1);
    const write = (variables: number) => (count: number) =>
      repeatAsync(count, (i) => store.setVariable("s0", nameAt(i, variables), valueAt(i)));
    return {
      size,
      all: write(size),
      same: write(10),
      byHand: (count) => repeat(count, (i) => byHand.set(nameAt(i, size), valueAt(i))),
    };
  };
  return {
    title: "A write, by variables in the session",
    same: "the same ten",
    settings: await Promise.all([10, 1000, 100_000].map(settingOf)),
    goals: {
      all: "a write among 100,000 variables, to one among 10",
      same: "a write of the same ten variables, among 100,000 to alone",
    },
  };
}

async function bySessions(): Promise<Growth> {
  const settingOf = async (size: number): Promise<Setting> => {
    const store = await openStore(size, 10);
    const byHand = new Map(namesOf(size, "s").map((name) => [name, createByHand(namesOf(10), 1)]));
    const write = (sessions: number) => (count: number) =>
      repeatAsync(count, (i) => store.setVariable(`s${i % sessions}`, nameAt(i, 10), valueAt(i)));
    return {
      size,
      all: write(size),
      same: write(1),
      byHand: (count) => repeat(count, (i) => byHand.get(`s${i % size}`)?.set(nameAt(i, 10), valueAt(i))),
    };
  };
  return {
    title: "A write, by sessions in the store",
    same: "the same one",
    settings: await Promise.all([1, 100, 10_000].map(settingOf)),
    goals: {
      all: "a write among 10,000 sessions, to one in the only session",
      same: "a write in the same session, among 10,000 to alone",
    },
  };
}

async function byCommits(): Promise<Comparison> {
  const [young, old] = [await openStore(1, 10), await openStore(1, 10)];
  for (let i = 0; i < 1_000_000; i++) await old.setVariable("s0", `v${i % 10}`, valueAt(i));
  const write = (store: LocalStore) => (count: number) =>
    repeatAsync(count, (i) => store.setVariable("s0", nameAt(i, 10), valueAt(i)));
  const text = "a write after 1,000,000 commits, to one after few";
  return {
    title: "A write, by commits before it",
    subjects: [
      { name: "few", run: write(young) },
      { name: "1000000", run: write(old) },
    ],
    goals: [{ text, subject: "1000000", to: ["few"], limit: { atMost: 1.2 } }],
  };
}

const namesOf = (count: number, prefix = "v") => Array.from({ length: count }, (_, i) => `${prefix}${i}`);

/** Neighbours are not written one after the other. */
const nameAt = (i: number, variables: number) => `v${(i * 7919) % variables}`;

const valueAt = (i: number) => (i % 20) / 10;

/** Measures all writes of a growth in turn, and lays out beside each how it has grown. */
async function measureGrowth({ title, same, settings, goals }: Growth, options: MeasureOptions): Promise<Measured> {
  const timeAll = (way: "all" | "same" | "byHand") => settings.map((each) => ({ name: way, run: each[way] }));
  const timings = await measure([...timeAll("all"), ...timeAll("same"), ...timeAll("byHand")], options);
  const grownOf = (way: "all" | "same" | "byHand"): Grown[] => {
    const micros = timings.filter(({ name }) => name === way).map((each) => each.micros);
    return micros.map((each) => ({ micros: each, ratio: each / (micros[0] ?? Number.NaN) }));
  };
  const [all, few, byHand] = [grownOf("all"), grownOf("same"), grownOf("byHand")];
  const rows = settings.map(({ size }, at) => {
    const beyond = (all[at]?.ratio ?? Number.NaN) / (byHand[at]?.ratio ?? Number.NaN);
    return [`${size}`, ...[all, few, byHand].flatMap((way) => cellsOf(way[at])), `${beyond.toFixed(1)}x`];
  });
  const head = ["what", "µs each", "ratio", `${same}, µs each`, "ratio", "by hand, µs each", "ratio", "to by hand's"];
  const goal = (text: string, grown: readonly Grown[]) =>
    ratioGoal(text, [grown.at(-1)?.micros ?? Number.NaN, grown[0]?.micros ?? Number.NaN], { atMost: 1.2 });
  return {
    tables: `#### ${title}\n\n${markdownTable([head, ...rows])}`,
    goals: [goal(goals.all, all), goal(goals.same, few)],
  };
}

/** What a write takes, and how many times what it takes in the smallest setting. */
interface Grown {
  readonly micros: number;
  readonly ratio: number;
}

const cellsOf = ({ micros, ratio }: Grown = { micros: Number.NaN, ratio: Number.NaN }): string[] => [
  micros.toPrecision(3),
  `${ratio.toFixed(1)}x`,
];

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
