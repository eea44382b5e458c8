import { emptyTable, layerOver, type Table } from "../layered-map.ts";

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
export const createAdjacency = <T>(): Adjacency<T> => new Rows<T>(new Map(), newRow);

/**
 * Rows of the map below belong to someone else, and are layered over before they change. A class for its speed, as
 * layers are.
 */
class Rows<T> implements Adjacency<T> {
  readonly #rows: Table<string, Row<T>>;
  readonly #rowOver: (below: Row<T> | undefined) => Table<string, T>;
  #own: WeakSet<Row<T>> | undefined;

  constructor(rows: Table<string, Row<T>>, rowOver: (below: Row<T> | undefined) => Table<string, T>) {
    this.#rows = rows;
    this.#rowOver = rowOver;
  }

  at(from: string, to: string): T | undefined {
    return this.#rows.get(from)?.items.get(to);
  }

  from(from: string): Iterable<T> {
    return this.#rows.get(from)?.items.values() ?? [];
  }

  hasFrom(from: string): boolean {
    return this.count(from) > 0;
  }

  count(from: string): number {
    return this.#rows.get(from)?.count ?? 0;
  }

  put(from: string, to: string, item: T): void {
    const row = this.#writable(from);
    if (!row.items.has(to)) row.count++;
    row.items.set(to, item);
  }

  remove(from: string, to: string): void {
    if (this.#rows.get(from)?.items.has(to) !== true) return;
    const row = this.#writable(from);
    row.items.delete(to);
    row.count--;
    if (row.count === 0) this.#rows.delete(from);
  }

  removeFrom(from: string): void {
    this.#rows.delete(from);
  }

  *all(): Generator<T> {
    for (const row of this.#rows.values()) yield* row.items.values();
  }

  draft(): Adjacency<T> {
    return new Rows<T>(layerOver(this.#rows), rowOverOther);
  }

  #writable(from: string): Row<T> {
    const known = this.#rows.get(from);
    if (known !== undefined && this.#own?.has(known) === true) return known;
    const row = { items: this.#rowOver(known), count: known?.count ?? 0 };
    this.#own ??= new WeakSet();
    this.#own.add(row);
    this.#rows.set(from, row);
    return row;
  }
}

const newRow = <T>(): Table<string, T> => new Map<string, T>();

const rowOverOther = <T>(below: Row<T> | undefined): Table<string, T> =>
  below === undefined ? new Map<string, T>() : layerOver(below.items);

/** The adjacency with nothing in it, for all that have nothing. It cannot be written to. */
export const emptyAdjacency: Adjacency<never> = new Rows<never>(emptyTable, newRow);
