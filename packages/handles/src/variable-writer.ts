import {
  type BatchOptions,
  type BatchWritten,
  fromPayload,
  isStoreError,
  type Refusal,
  type SetOptions,
  type Store,
  StoreError,
  type Value,
  type WriteOptions,
  type Written,
} from "@trimtab/core";
import { readValue } from "./declarations.ts";
import { decodePayload, type Held } from "./decode-variable.ts";
import type { LiveCache } from "./live-cache.ts";
import type { Timers } from "./timers.ts";
import type { VariableSlot } from "./variable-slot.ts";

/** How {@link VariableWriter.update} goes about it, beside who writes and why. */
export interface UpdateOptions extends WriteOptions {
  /** Attempts beyond the first where somebody else's write came between; 3 unless given. */
  readonly retries?: number;
  /** The wait before retry n is drawn from [0, n times this), in milliseconds; 50 unless given. */
  readonly retryBackoffMs?: number;
}

/** Writes values of declared types, and makes them readable in the cache as soon as the store has answered. */
export interface VariableWriter {
  set<V>(slot: VariableSlot<V>, value: V, options?: SetOptions): Promise<Written>;
  /** Sets several variables in one commit. */
  setAll(updates: ReadonlyMap<VariableSlot, unknown>, options?: Omit<BatchOptions, "atomic">): Promise<BatchWritten>;
  /** Replaces a value by one made from it, unless it changed in between: then once more. */
  update<V>(slot: VariableSlot<V>, change: (current: V) => V, options?: UpdateOptions): Promise<Written>;
}

/** What {@link createVariableWriter} is made of. */
export interface VariableWriterParts {
  readonly store: Store;
  readonly session: string;
  readonly cache: LiveCache;
  readonly timers: Timers;
  /** Goes with every write that does not say otherwise. */
  readonly context: Pick<WriteOptions, "actor" | "origin">;
  /** Throws where writing is over. */
  assertOpen(): void;
}

/** Makes a writer for one session. */
export function createVariableWriter(parts: VariableWriterParts): VariableWriter {
  const { store, session, cache, timers, context } = parts;
  const turns = new WeakMap<object, Promise<unknown>>();
  /** Whom the store will name until it says so itself. */
  const answerable = ({ actor = context.actor }: WriteOptions): string => actor ?? session;

  const write = async <V>(slot: VariableSlot<V>, ref: string, value: V, options: SetOptions): Promise<Written> => {
    parts.assertOpen();
    const { plain, stored } = toStored(slot, value);
    const { era } = cache;
    const written = await store.setVariable(session, ref, plain, { ...context, ...options });
    cache.write(era, { ...written, updatedBy: answerable(options) }, [[slot as VariableSlot, written, stored]]);
    return written;
  };

  const read = async <V>(slot: VariableSlot<V>): Promise<Held<V>> => {
    slot.reads?.miss();
    return slot.read(await store.getVariable(session, slot.name));
  };

  /** A value of a program's own: what it writes into an array is not what everybody reads. */
  const ownOf = <V>({ declaration: { type } }: VariableSlot<V>, value: V): V =>
    typeof value === "object" ? type.decode(type.encode(value)) : value;

  const update = async <V>(
    slot: VariableSlot<V>,
    change: (current: V) => V,
    options: UpdateOptions,
  ): Promise<Written> => {
    const { retries = 3, retryBackoffMs = 50, ...rest } = options;
    parts.assertOpen();
    if (slot.current !== undefined) slot.reads?.hit();
    let base = slot.current ?? (await read(slot));
    for (let attempt = 1; ; attempt++) {
      try {
        // By its id, so that another variable registered under the name in the meantime is not taken for this one.
        return await write(slot, base.id, change(ownOf(slot, base.value)), { ...rest, expectedVersion: base.version });
      } catch (error) {
        const overtaken = isStoreError(error, "version_mismatch") || isStoreError(error, "not_found");
        if (!overtaken || attempt > retries) throw error;
        await sleep(timers, timers.random() * retryBackoffMs * attempt);
        base = await read(slot);
      }
    }
  };

  return {
    set: (slot, value, options = {}) => write(slot, slot.name, value, options),
    async setAll(updates, options = {}) {
      parts.assertOpen();
      const items = storedItems(updates);
      const { era } = cache;
      const plain = Array.from(items, ([slot, { plain }]) => [slot.name, plain] as const);
      const batch = await store.setVariables(session, plain, { ...context, ...options, atomic: true });
      const writes = Array.from(items, ([slot, { stored }]) => [slot, batch.applied.get(slot.name), stored] as const);
      cache.write(era, { ...batch, updatedBy: answerable(options) }, writes.filter(hasReceipt));
      return batch;
    },
    update(slot, change, options = {}) {
      // One after another: updates of one program need not race each other too.
      const turn = () => update(slot, change, options);
      const before = turns.get(slot) ?? Promise.resolve();
      const mine = before.then(turn, turn);
      turns.set(slot, mine);
      return mine;
    },
  };
}

const hasReceipt = <T>(
  write: readonly [VariableSlot, T | undefined, unknown],
): write is readonly [VariableSlot, T, unknown] => write[1] !== undefined;

/** A value as it is sent and as it will read back. */
interface Stored<V> {
  readonly plain: Value;
  readonly stored: V;
}

/** Checks a value against the declared type and the constraints that the store holds it to, before anything is sent. */
function toStored<V>(slot: VariableSlot<V>, input: unknown): Stored<V> {
  // A value that cannot be read may be replaced by one that can, but not while the variable is of another type.
  if (slot.problem?.is("invalid_type")) throw slot.problem;
  const { type, constraints } = slot.declaration;
  const { name, sensitive } = slot;
  const value = readValue({ name, type, sensitive, constraints: slot.current?.constraints ?? constraints }, input);
  const payload = type.encode(value);
  // Decoded again, so that what reads back shares nothing with what the caller may go on changing.
  return { plain: fromPayload(payload), stored: decodePayload(slot, payload, sensitive) };
}

/** As {@link toStored} for a batch: the error carries every item's own. */
function storedItems(updates: ReadonlyMap<VariableSlot, unknown>): Map<VariableSlot, Stored<unknown>> {
  const items = new Map<VariableSlot, Stored<unknown>>();
  const refused = new Map<string, Refusal>();
  for (const [slot, input] of updates) {
    try {
      items.set(slot, toStored(slot, input));
    } catch (error) {
      if (!isStoreError(error)) throw error;
      refused.set(slot.name, error.toRefusal());
    }
  }
  const [first] = refused.values();
  if (first !== undefined) throw new StoreError({ ...first, items: refused });
  return items;
}

const sleep = (timers: Timers, delayMs: number): Promise<void> =>
  new Promise((resolve) => {
    timers.schedule(delayMs, resolve);
  });
