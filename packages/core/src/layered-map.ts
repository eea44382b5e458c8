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

/** Stands in a layer for what the map below has and this one does not. */
const gone = Symbol("gone");

/**
 * Lays an empty map over another. Writes stay in the layer and reads fall through, so that a draft of something large
 * costs only what changes. The map below may go on changing; the layer's own entries hide it.
 * Iteration gives the map below in its order, then what only the layer has.
 */
export function layerOver<K, V>(below: Table<K, V>): Table<K, V> {
  const own = new Map<K, V | typeof gone>();
  const layer: Table<K, V> = {
    get size() {
      let size = below.size;
      for (const [key, value] of own) size += Number(value !== gone) - Number(below.has(key));
      return size;
    },
    get(key) {
      const value = own.get(key);
      if (value === undefined) return below.get(key);
      return value === gone ? undefined : value;
    },
    has(key) {
      const value = own.get(key);
      return value === undefined ? below.has(key) : value !== gone;
    },
    set: (key, value) => own.set(key, value),
    delete(key) {
      const had = layer.has(key);
      own.set(key, gone);
      return had;
    },
    *keys() {
      for (const key of below.keys()) if (own.get(key) !== gone) yield key;
      for (const [key, value] of own) if (value !== gone && !below.has(key)) yield key;
    },
    *values() {
      for (const key of layer.keys()) yield layer.get(key) as V;
    },
  };
  return layer;
}
