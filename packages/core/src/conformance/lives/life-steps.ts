import fc from "fast-check";
import { expect } from "vitest";
import type { Selection } from "../../index.ts";
import { readOn, resume, stay } from "./life-watches.ts";
import { begin, doTo, end, expectGone, type Lives, mark, refusalOf } from "./lives.ts";
import { changeOne, goBack, type PlainLife, takeIn, valuesOf } from "./plain-life.ts";

const hourMs = 3_600_000;
const [names, ids] = [
  ["x", "x-2", "y"],
  ["a", "b", "c"],
] as const;
const id = fc.constantFrom(...ids);
const back = fc.nat(8);
const selection = fc.constantFrom<Selection>({}, { pattern: "x*" }, { refs: [mark], pattern: "y*" });

const kinds = {
  write: fc.record({
    id,
    kind: fc.constantFrom("register", "set", "delete" as const),
    name: fc.constantFrom(...names),
    value: fc.nat(9),
  }),
  create: fc.record({ id }),
  fork: fc.record({ id, from: id, back }),
  rollback: fc.record({ id, back, deleteNew: fc.boolean(), restoreDeleted: fc.boolean() }),
  import: fc.record({ id, from: id, isReplacing: fc.boolean() }),
  delete: fc.record({ id }),
  expire: fc.record({ id: fc.constant(ids[0]) }),
  resume: fc.record({
    id,
    watch: fc.nat(2),
    selection,
    coalesce: fc.boolean(),
    events: fc.integer({ min: 1, max: 3 }),
  }),
  stay: fc.record({ id, selection, coalesce: fc.boolean() }),
  read: fc.record({ watch: fc.nat(3), events: fc.integer({ min: 1, max: 3 }) }),
  "look-back": fc.record({ id, back }),
} as const;

type Kinds = typeof kinds;
type StepOf<K extends keyof Kinds> = Kinds[K] extends fc.Arbitrary<infer T> ? T : never;

/** One step of a random program. */
export type LifeStep = { readonly [K in keyof Kinds]: { readonly does: K; readonly what: StepOf<K> } }[keyof Kinds];

const weights: Readonly<Record<keyof Kinds, number>> = {
  write: 10,
  create: 3,
  fork: 2,
  rollback: 4,
  import: 1,
  delete: 1,
  expire: 1,
  resume: 5,
  stay: 1,
  read: 3,
  "look-back": 1,
};

/** Steps in which sessions live long enough for something to happen in them. */
export const lifeSteps: fc.Arbitrary<LifeStep> = fc.oneof(
  ...Object.entries(kinds).map(([does, what]) => ({
    weight: weights[does as keyof Kinds],
    arbitrary: (what as fc.Arbitrary<unknown>).map((each) => ({ does, what: each }) as LifeStep),
  })),
);

/** Takes a step: in the store, in the model, and holds the one against the other. */
export async function perform(lives: Lives, step: LifeStep): Promise<void> {
  if (step.does === "read") return readOn(lives, step.what);
  const { store, prefix } = lives;
  const key = `${prefix}${step.what.id}`;
  const life = lives.there.get(key);
  switch (step.does) {
    case "create":
      return create(lives, key);
    case "fork":
      return fork(lives, key, step.what);
    case "resume":
      return resume(lives, key, step.what);
  }
  if (life === undefined) return expectGone(await refusalOf(store.getVariable(key, mark)));
  switch (step.does) {
    case "write": {
      const { kind, name, value } = step.what;
      const call = () => {
        if (kind === "delete") return store.deleteVariable(key, name);
        if (kind === "set") return store.setVariable(key, name, value);
        return store.registerVariable(key, { name, type: "float", value });
      };
      return doTo(lives, life, { expected: changeOne(life, kind, step.what), call });
    }
    case "rollback": {
      const { id: _, back: far, ...reach } = step.what;
      const [revision, past] = pastOf(life, far);
      const call = () => store.rollbackSession(key, { kind: "revision", revision }, reach);
      return doTo(lives, life, { expected: goBack(life, past, reach), call });
    }
    case "import": {
      const source = lives.there.get(`${prefix}${step.what.from}`);
      if (source === undefined) return undefined;
      const data = await store.exportVariables(source.id);
      const strategy = step.what.isReplacing ? "replace" : "keep";
      const expected = takeIn(life, source.floats, step.what.isReplacing);
      return doTo(lives, life, { expected, call: () => store.importVariables(key, data, { strategy }) });
    }
    case "delete":
      await store.deleteSession(key);
      return end(lives, life);
    case "expire":
      return expire(lives, life);
    case "stay":
      return stay(lives, life, step.what);
    case "look-back":
      return lookBack(lives, life, step.what.back);
  }
}

/** A revision that lies some way back, and what there was. */
function pastOf(life: PlainLife, far: number) {
  const past = [...life.past];
  return past[Math.max(0, past.length - 1 - far)] ?? expect.fail("a life has a first revision");
}

/** Only the first of the ids is ever left alone for so long that its session expires. */
const ttlOf = ({ prefix }: Lives, key: string) => (key === `${prefix}${ids[0]}` ? hourMs : 100_000 * hourMs);

async function create(lives: Lives, key: string): Promise<void> {
  const { store } = lives;
  const isThere = lives.there.has(key);
  const session = await store.createSession({ id: key, ttlMs: ttlOf(lives, key), ifExists: "keep" });
  if (isThere) return;
  const life = await begin(lives, session, new Map());
  const specs = [mark, ...names].map((name) => ({ name, type: "float", value: 0 }));
  const expected = new Map(specs.map(({ name, value }) => [name, value]));
  await doTo(lives, life, { expected, call: () => store.registerVariables(key, specs) });
}

async function fork(lives: Lives, key: string, { from, back: far }: StepOf<"fork">): Promise<void> {
  const { store, prefix } = lives;
  const source = lives.there.get(`${prefix}${from}`);
  // The first revision is that of a session without the mark, unless it is a fork itself.
  const [revision, past] = source === undefined ? [1, new Map()] : pastOf(source, far);
  if (source !== undefined && !past.has(mark)) return;
  const forking = store.forkSession(
    `${prefix}${from}`,
    { kind: "revision", revision },
    { id: key, ttlMs: ttlOf(lives, key) },
  );
  const reason = await refusalOf(forking);
  if (source === undefined) return expectGone(reason);
  if (lives.forgets && reason === "not_found") return;
  expect(reason).toBe(lives.there.has(key) ? "already_exists" : undefined);
  if (reason === undefined) await begin(lives, await forking, valuesOf(past));
}

/** Lets a session's time pass; whoever watches keeps it. */
async function expire({ advance, staying, store, there }: Lives, life: PlainLife): Promise<void> {
  if (advance === undefined) return;
  const isWatched = staying.some((each) => each.life === life);
  let reason: string | undefined;
  // Far away it takes a moment until a watch that was left is noticed to be gone; until then it counts.
  do {
    advance(2 * hourMs);
    reason = await refusalOf(store.getSession(life.id));
  } while (reason === undefined && !isWatched);
  if (isWatched) return expect(reason).toBeUndefined();
  expectGone(reason);
  there.delete(life.id);
}

async function lookBack({ store, forgets }: Lives, life: PlainLife, far: number): Promise<void> {
  const { items } = await store.listCommits(life.id, { pageSize: 1000 });
  const revisions = [...life.past.keys()].reverse();
  expect(items.map(({ revision }) => revision)).toEqual(forgets ? revisions.slice(0, items.length) : revisions);
  const [revision, past] = pastOf(life, far);
  const reading = store.getSessionAt(life.id, { kind: "revision", revision }, { pageSize: 1000 });
  const reason = await refusalOf(reading);
  if (forgets && reason === "not_found") return;
  const found = (await reading).items.map(({ name, value }) => [name, value] as const);
  expect(new Map(found)).toEqual(valuesOf(past));
}
