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

/**
 * Makes a table that takes next to no room before anything is put into it: of most of what a session may have, most sessions
 * have nothing, and each of their writes would look into another empty map.
 */
export const createTable = <K, V>(entries: readonly (readonly [K, V])[] = []): Table<K, V> =>
  new LateTable<K, V>(entries.length === 0 ? undefined : new Map(entries));

class LateTable<K, V> implements Table<K, V> {
  #made: Map<K, V> | undefined;

  constructor(made: Map<K, V> | undefined) {
    this.#made = made;
  }

  get size(): number {
    return this.#made?.size ?? 0;
  }

  get(key: K): V | undefined {
    return this.#made?.get(key);
  }

  has(key: K): boolean {
    return this.#made?.has(key) === true;
  }

  set(key: K, value: V): unknown {
    this.#made ??= new Map();
    return this.#made.set(key, value);
  }

  delete(key: K): boolean {
    return this.#made?.delete(key) === true;
  }

  values(): Iterable<V> {
    return this.#made?.values() ?? [];
  }

  keys(): Iterable<K> {
    return this.#made?.keys() ?? [];
  }
}

/** Stands in a layer for what the map below has and this one does not. */
const gone = Symbol("gone");

/**
 * Lays an empty map over another. Writes stay in the layer and reads fall through, so that a draft of something large
 * costs only what changes. The map below may go on changing; the layer's own entries hide it.
 * Iteration gives the map below in its order, then what only the layer has.
 */
export const layerOver = <K, V>(below: Table<K, V>): Table<K, V> => new Layer(below);

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
