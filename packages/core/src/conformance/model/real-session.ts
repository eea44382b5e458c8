import type fc from "fast-check";
import { expect } from "vitest";
import { isStoreError, type Store, type WatchEvent } from "../../index.ts";
import type { WatchReader } from "../store/harness.ts";
import type { PlainOutcome, PlainSession, PlainState } from "./plain-session.ts";

/** The store under test, and one watch on all of its session. */
export interface RealSession {
  store: Store;
  /** Leaves the store behind and gives another one on what it has stored, where that can be done. */
  readonly reopen: (() => Promise<Store>) | undefined;
  readonly id: string;
  watch: WatchReader;
  token: string;
  /** What the watch has told, by revision. */
  readonly told: Map<number, readonly string[]>;
}

/** One step of a random program. */
export type SessionCommand = fc.AsyncCommand<PlainSession, RealSession>;

/** One operation on both, with the same outcome on both; `before` is the revision that it begins at. */
export function operation(
  name: string,
  model: (session: PlainSession) => PlainOutcome,
  real: (session: RealSession, before: number) => Promise<unknown>,
): SessionCommand {
  return {
    check: () => true,
    toString: () => name,
    async run(session, target) {
      const before = session.revision;
      const expected = model(session);
      const outcome = await real(target, before).then(
        () => ({}) as PlainOutcome,
        (error: unknown): PlainOutcome => {
          if (!isStoreError(error)) throw error;
          return { refused: error.reason };
        },
      );
      expect(outcome, name).toEqual(expected);
      const { items, revision } = await target.store.listVariables(target.id, { pageSize: 1000 });
      expect(revision, name).toBe(session.revision);
      expect(summaryOf(items), name).toEqual(summaryOf([...session.state.variables.values()].map(toShown)));
    },
  };
}

interface Shown {
  readonly name: string;
  readonly value: unknown;
  readonly version: number;
  readonly stale?: unknown;
}

const toShown = ({
  staleAt,
  ...variable
}: {
  name: string;
  value: number;
  version: number;
  staleAt?: number;
}): Shown => ({
  ...variable,
  ...(staleAt !== undefined && { stale: true }),
});

/** Variables in words, so that differences are easy to see. */
export const summaryOf = (variables: readonly Shown[]): string[] =>
  variables
    .map(({ name, value, version, stale }) => `${name}=${String(value)} v${version}${stale ? " stale" : ""}`)
    .sort();

/** The model's variables in the same words. */
export const plainSummary = ({ variables }: PlainState) => summaryOf([...variables.values()].map(toShown));

/** Reads the watch up to the last revision that has something to tell. */
export async function catchUp(session: PlainSession, target: RealSession): Promise<void> {
  const last = Math.max(0, ...Array.from(session.told).flatMap(([at, told]) => (told.length > 0 ? [at] : [])));
  while (Math.max(0, ...target.told.keys()) < last) take(target, await target.watch.next());
  const expected = Array.from(session.told).filter(([, told]) => told.length > 0);
  expect(new Map(target.told)).toEqual(new Map(expected.map(([at, told]) => [at, [...told].sort()])));
}

function take(target: RealSession, event: WatchEvent): void {
  target.token = event.token;
  if (event.kind === "bookmark" || event.kind === "snapshot") return;
  if (event.kind !== "changes") throw new TypeError(`the watch told of ${event.kind}`);
  const told = event.changes.map(({ kind, name: each, value: now }) =>
    kind === "updated" || kind === "registered" ? `${kind} ${each} ${String(now)}` : `${kind} ${each}`,
  );
  expect(target.told.has(event.revision)).toBe(false);
  target.told.set(event.revision, told.sort());
}
