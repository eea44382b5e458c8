import { afterEach, expect } from "vitest";
import {
  type ChangesEvent,
  type ErrorReason,
  isStoreError,
  type Page,
  type Store,
  type StoreError,
  type WatchEvent,
  type WatchOptions,
} from "../../index.ts";

/** One store under test, empty, that knows at least the types float, integer, string, boolean and choice. */
export interface StoreHarness {
  readonly store: Store;
  /** Moves the clock that sessions expire by; without it the tests of expiry report themselves skipped. */
  readonly advance?: (ms: number) => void;
  /** Leaves the store, as a crash or a restart does, and gives another one on what it has stored. */
  readonly reopen?: () => Promise<Store>;
  readonly close?: () => Promise<void>;
}

/** What {@link describeStore} may assume of the store beside the interface. */
export interface StoreFacts {
  /** Commits of each session that are kept, where few enough to be outrun: then RESET is tested. */
  readonly historyCommits?: number;
  /** A bookmark comes at least this often, where often enough to be waited for. */
  readonly bookmarkIntervalMs?: number;
  /** It reads CEL expressions; without, the tests of derivations, rules and filters report themselves skipped. */
  readonly expressions?: boolean;
  /** It judges access; what is asked of it then is left out otherwise. */
  readonly access?: boolean;
}

/** Opens a store that is empty, for one test. */
export type OpenStore = () => Promise<StoreHarness>;

/** Opens what is under test, for the tests of one suite, and closes it afterwards. */
export function closingAfterEach<H extends { readonly close?: () => Promise<void> }>(
  open: () => Promise<H>,
): () => Promise<H> {
  const opened: H[] = [];
  afterEach(async () => {
    for (const harness of opened.splice(0)) await harness.close?.();
  });
  return async () => {
    const harness = await open();
    opened.push(harness);
    return harness;
  };
}

/** A store with one session that has a temperature and a model. */
export async function openSample(open: OpenStore): Promise<StoreHarness> {
  const harness = await open();
  await harness.store.createSession({ id: "s" });
  await harness.store.registerVariables("s", [
    { name: "temperature", type: "float", value: 0.7, constraints: { min: 0, max: 2 } },
    { name: "model", type: "choice", value: "gpt-4", constraints: { choices: ["gpt-4", "claude-3"] } },
  ]);
  return harness;
}

/** A store with one session that has floats by these names, of these values. */
export async function openNumbers(open: OpenStore, values: Readonly<Record<string, number>>): Promise<StoreHarness> {
  const harness = await open();
  await harness.store.createSession({ id: "s" });
  const specs = Object.entries(values).map(([name, value]) => ({ name, type: "float", value }));
  await harness.store.registerVariables("s", specs);
  return harness;
}

/** Registers a float that follows from others. */
export const derive = (store: Store, name: string, expression: string, more: { value?: number; max?: number } = {}) =>
  store.registerVariable("s", {
    name,
    type: "float",
    derivation: { kind: "expression", expression },
    ...(more.value !== undefined && { value: more.value }),
    ...(more.max !== undefined && { constraints: { max: more.max } }),
  });

/** Reads a listing to its end, a page after the other, and gives all of its items. */
export async function inPages<T>(list: (page: { readonly pageToken?: string }) => Promise<Page<T>>): Promise<T[]> {
  const items: T[] = [];
  let pageToken: string | undefined;
  do {
    const page = await list(pageToken === undefined ? {} : { pageToken });
    items.push(...page.items);
    pageToken = page.nextPageToken;
  } while (pageToken !== undefined);
  return items;
}

/** Expects a rejection of one reason and gives the error. */
export async function rejection<R extends ErrorReason>(promise: Promise<unknown>, reason: R): Promise<StoreError<R>> {
  const outcome = await promise.then(
    (value) => ({ resolved: value }),
    (error: unknown) => ({ error }),
  );
  if (!("error" in outcome)) return expect.fail(`expected ${reason}, but it resolved`);
  if (!isStoreError(outcome.error, reason)) throw outcome.error;
  return outcome.error;
}

/** Reads a watch: gives its next events, and ends it. */
export interface WatchReader {
  next(): Promise<WatchEvent>;
  /** The next event that is no bookmark. */
  nextOf<K extends WatchEvent["kind"]>(kind: K): Promise<Extract<WatchEvent, { kind: K }>>;
  close(): Promise<void>;
}

/** Starts reading a watch. */
export function readWatch(events: AsyncIterable<WatchEvent>): WatchReader {
  const iterator = events[Symbol.asyncIterator]();
  const next = async () => {
    const { done, value } = await iterator.next();
    if (done) return expect.fail("the watch has ended");
    return value;
  };
  return {
    next,
    async nextOf(kind) {
      for (;;) {
        const event = await next();
        if (event.kind === kind) return event as never;
        if (event.kind !== "bookmark") expect.fail(`expected ${kind}, got ${event.kind}`);
      }
    },
    async close() {
      await iterator.return?.();
    },
  };
}

/** What an event tells, one line per change. */
export const brief = (event: ChangesEvent) =>
  event.changes.map(({ kind, name, value }) => `${kind} ${name} ${String(value)}`);

/** The values of the next changes that a watch tells. */
export async function collectValues(store: Store, options: WatchOptions, count: number): Promise<number[]> {
  const values: number[] = [];
  const end = new AbortController();
  for await (const event of store.watch("s", {}, { ...options, signal: end.signal })) {
    if (event.kind === "changes") values.push(...event.changes.map((change) => Number(change.value)));
    if (values.length >= count) end.abort();
  }
  return values;
}
