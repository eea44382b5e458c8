import { layerOver, type Table } from "../layered-map.ts";

/**
 * Pairs of ids with something at each, found by the first id in constant time. Adding and removing take constant time
 * too, in a draft as well, which shares everything with its original until it changes.
 */
export interface Adjacency<T> {
  at(from: string, to: string): T | undefined;
  /** Everything at pairs that begin with `from`, in the order it was first put. */
  from(from: string): Iterable<T>;
  /** Says whether there is any pair that begins with `from`. */
  hasFrom(from: string): boolean;
  count(from: string): number;
  put(from: string, to: string, item: T): void;
  remove(from: string, to: string): void;
  removeFrom(from: string): void;
  all(): Iterable<T>;
  draft(): Adjacency<T>;
}

interface Row<T> {
  readonly items: Table<string, T>;
  count: number;
}

/** Makes an empty adjacency. */
export const createAdjacency = <T>(): Adjacency<T> => adjacencyOver<T>(new Map(), () => new Map());

/** Rows of the map below belong to someone else, and are layered over before they change. */
function adjacencyOver<T>(
  rows: Table<string, Row<T>>,
  rowOver: (below: Row<T> | undefined) => Table<string, T>,
): Adjacency<T> {
  const own = new WeakSet<Row<T>>();
  const writable = (from: string): Row<T> => {
    const known = rows.get(from);
    if (known !== undefined && own.has(known)) return known;
    const row = { items: rowOver(known), count: known?.count ?? 0 };
    own.add(row);
    rows.set(from, row);
    return row;
  };
  return {
    at: (from, to) => rows.get(from)?.items.get(to),
    from: (from) => rows.get(from)?.items.values() ?? [],
    hasFrom: (from) => (rows.get(from)?.count ?? 0) > 0,
    count: (from) => rows.get(from)?.count ?? 0,
    put(from, to, item) {
      const row = writable(from);
      if (!row.items.has(to)) row.count++;
      row.items.set(to, item);
    },
    remove(from, to) {
      if (rows.get(from)?.items.has(to) !== true) return;
      const row = writable(from);
      row.items.delete(to);
      row.count--;
      if (row.count === 0) rows.delete(from);
    },
    removeFrom: (from) => void rows.delete(from),
    *all() {
      for (const row of rows.values()) yield* row.items.values();
    },
    draft: () =>
      adjacencyOver(layerOver(rows), (below) => (below === undefined ? new Map<string, T>() : layerOver(below.items))),
  };
}
