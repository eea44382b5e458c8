/** What a fold needs of a map. A `Map` is one. */
export interface Table<K, V> {
  readonly size: number;
  get(key: K): V | undefined;
  has(key: K): boolean;
  set(key: K, value: V): unknown;
  delete(key: K): boolean;
  values(): Iterable<V>;
  keys(): Iterable<K>;
}

/** The table with nothing in it, for all that have nothing. It cannot be written to. */
export const emptyTable: Table<never, never> = Object.freeze({
  size: 0,
  get: () => undefined,
  has: () => false,
  set() {
    throw new TypeError("the empty table is not written to");
  },
  delete: () => false,
  values: () => [],
  keys: () => [],
});

/** Stands in a layer for what the map below has and this one does not. */
const gone = Symbol("gone");

/**
 * Lays an empty map over another. Writes stay in the layer and reads fall through, so that a draft of something large
 * costs only what changes. The map below may go on changing; the layer's own entries hide it.
 * Iteration gives the map below in its order, then what only the layer has.
 */
export const layerOver = <K, V>(below: Table<K, V>): Table<K, V> => new Layer(below);

/** Gives the table in which a layered one has what it has at a key: the topmost that hides those below, or the lowest. */
export const holderOf = <K, V>(table: Table<K, V>, key: K): Table<K, V> =>
  table instanceof Layer ? (table as Layer<K, V>).holderOf(key) : table;

/** A class for its speed: every write that others follow from makes a draft, and each of those has many layers. */
class Layer<K, V> implements Table<K, V> {
  readonly #below: Table<K, V>;
  #own: Map<K, V | typeof gone> | undefined;

  constructor(below: Table<K, V>) {
    this.#below = below;
  }

  get size(): number {
    let size = this.#below.size;
    for (const [key, value] of this.#own ?? []) size += Number(value !== gone) - Number(this.#below.has(key));
    return size;
  }

  get(key: K): V | undefined {
    const value = this.#own?.get(key);
    if (value === undefined) return this.#below.get(key);
    return value === gone ? undefined : value;
  }

  has(key: K): boolean {
    const value = this.#own?.get(key);
    return value === undefined ? this.#below.has(key) : value !== gone;
  }

  holderOf(key: K): Table<K, V> {
    return this.#own?.has(key) === true ? this : holderOf(this.#below, key);
  }

  set(key: K, value: V): unknown {
    this.#own ??= new Map();
    return this.#own.set(key, value);
  }

  delete(key: K): boolean {
    const had = this.has(key);
    this.#own ??= new Map();
    this.#own.set(key, gone);
    return had;
  }

  *keys(): Generator<K> {
    for (const key of this.#below.keys()) if (this.#own?.get(key) !== gone) yield key;
    for (const [key, value] of this.#own ?? []) if (value !== gone && !this.#below.has(key)) yield key;
  }

  *values(): Generator<V> {
    for (const key of this.keys()) yield this.get(key) as V;
  }
}
