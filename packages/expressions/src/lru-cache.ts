/** Keeps what was used last, within a budget of weights. */
export interface LruCache<K, V> {
  get(key: K): V | undefined;
  /** Keeps a value, unless it alone is above the budget; drops what was used longest ago to make room. */
  set(key: K, value: V, weight: number): void;
}

/** Creates an empty cache; `budget` is the most that the weights in it may sum up to. */
export function createLruCache<K, V>(budget: number): LruCache<K, V> {
  // A map iterates in the order of insertion, so its first entry is the one used longest ago.
  const entries = new Map<K, { readonly value: V; readonly weight: number }>();
  let total = 0;
  const remove = (key: K): void => {
    total -= entries.get(key)?.weight ?? 0;
    entries.delete(key);
  };
  return {
    get: (key) => {
      const entry = entries.get(key);
      if (entry === undefined) return undefined;
      entries.delete(key);
      entries.set(key, entry);
      return entry.value;
    },
    set: (key, value, weight) => {
      remove(key);
      if (weight > budget) return;
      entries.set(key, { value, weight });
      total += weight;
      for (const oldest of entries.keys()) {
        if (total <= budget) break;
        remove(oldest);
      }
    },
  };
}
