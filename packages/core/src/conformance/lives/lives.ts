import { expect } from "vitest";
import { isStoreError, type Store } from "../../index.ts";
import type { WatchReader } from "../store/harness.ts";
import { type PlainFloat, type PlainLife, type PlainResult, valuesOf } from "./plain-life.ts";
import type { PlainWatch } from "./plain-watch.ts";

/** The sessions of one program: those that are there, by id, and whoever watches them. */
export interface Lives {
  readonly store: Store;
  /** Moves the clock that sessions expire by. */
  readonly advance: ((ms: number) => void) | undefined;
  /** What ids begin with. */
  readonly prefix: string;
  readonly forgets: boolean;
  readonly there: Map<string, PlainLife>;
  /** Watches that come back now and then, each for one id. */
  readonly resuming: { readonly id: string; readonly watch: PlainWatch }[];
  /** Watches that stay, each with one life. */
  readonly staying: { readonly life: PlainLife; readonly watch: PlainWatch; readonly reader: WatchReader }[];
  /** Counts writes that watches wait for. */
  marks: number;
}

/** What every session has from its beginning, and every watch covers. */
export const mark = "x-mark";

/** Why a call was refused; `undefined` where it was not. */
export async function refusalOf(call: Promise<unknown>): Promise<string | undefined> {
  try {
    await call;
    return undefined;
  } catch (error) {
    if (isStoreError(error)) return error.reason;
    throw error;
  }
}

/** Expects that a call was refused because there is no such session. */
export const expectGone = (reason: string | undefined): void =>
  expect(["session_not_found", "session_expired"]).toContain(reason);

/** Does something to a session and to the model of it, with the same outcome. */
export async function doTo(
  { store, forgets }: Lives,
  life: PlainLife,
  { expected, call }: { readonly expected: PlainResult; readonly call: () => Promise<unknown> },
): Promise<void> {
  const refused = await refusalOf(call());
  if (forgets && refused === "not_found") return;
  expect(refused).toBe("refused" in expected ? expected.refused : undefined);
  await note({ store }, life, "refused" in expected ? valuesOf(life.floats) : expected);
}

/** Reads what there is after one commit at most and holds it against what there is to be. */
async function note(
  { store }: Pick<Lives, "store">,
  life: PlainLife,
  expected: ReadonlyMap<string, number>,
): Promise<void> {
  const { items, revision } = await store.listVariables(life.id, { pageSize: 1000 });
  const floats = new Map(
    items.map(({ name, id, version, value }): [string, PlainFloat] => [name, { id, version, value: Number(value) }]),
  );
  expect(valuesOf(floats)).toEqual(expected);
  expect(revision - life.revision).toBeLessThanOrEqual(1);
  life.floats = floats;
  life.revision = revision;
  life.past.set(revision, floats);
}

/** Begins a life with what a session has that was just made. */
export async function begin(
  lives: Lives,
  { id, revision }: { readonly id: string; readonly revision: number },
  expected: ReadonlyMap<string, number>,
): Promise<PlainLife> {
  const life: PlainLife = { id, revision, floats: new Map(), past: new Map() };
  await note(lives, life, expected);
  expect(life.revision).toBe(revision);
  lives.there.set(id, life);
  return life;
}

/** Ends a life in the model: with the commit that tells so, nothing is left. */
export function end({ there }: Lives, life: PlainLife): void {
  there.delete(life.id);
  life.revision++;
  life.past.set(life.revision, new Map());
}
