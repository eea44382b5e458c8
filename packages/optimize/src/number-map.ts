/**
 * Values by whole numbers of at least 0, never changed: setting one makes a new map, which shares all but the way to that value
 * with the old one. What any of it costs grows with the number of digits of the largest key alone.
 */
export interface NumberMap<V> {
  readonly size: number;
  /** The least key; absent where the map is empty. */
  readonly first: number | undefined;
  get(key: number): V | undefined;
  set(key: number, value: V): NumberMap<V>;
  /** Gives the map without a key, or itself where it does not have it. */
  delete(key: number): NumberMap<V>;
  /** Gives the values of `from` and the keys above it, in the order of their keys; all unless given. */
  values(from?: number): Iterable<V>;
}

/** The map that has nothing in it. */
export const emptyNumberMap = <V>(): NumberMap<V> => empty as unknown as NumberMap<V>;

/** What one node tells apart. */
const width = 32;

/** Keys below a slot, by its level: 32 to that power. */
const spans = Array.from({ length: 12 }, (_, level) => width ** level);

/** The slots of one node: values at level 0, above it nodes of one level less. */
type Node<V> = readonly (Node<V> | V | undefined)[];

const slotOf = (key: number, level: number): number => Math.floor(key / (spans[level] as number)) % width;

/** A class for its speed: every event of a study makes several. */
class Trie<V extends object | number> implements NumberMap<V> {
  readonly size: number;
  readonly #root: Node<V>;
  /** The level of the root. */
  readonly #level: number;

  constructor(root: Node<V>, level: number, size: number) {
    this.#root = root;
    this.#level = level;
    this.size = size;
  }

  get first(): number | undefined {
    if (this.size === 0) return undefined;
    let [key, node] = [0, this.#root];
    for (let level = this.#level; ; level--) {
      const slot = node.findIndex((each) => each !== undefined);
      key += slot * (spans[level] as number);
      if (level === 0) return key;
      node = node[slot] as Node<V>;
    }
  }

  get(key: number): V | undefined {
    if (!(key >= 0 && key < (spans[this.#level + 1] as number))) return undefined;
    let node: Node<V> | undefined = this.#root;
    for (let level = this.#level; level > 0 && node !== undefined; level--) {
      node = node[slotOf(key, level)] as Node<V> | undefined;
    }
    return node?.[slotOf(key, 0)] as V | undefined;
  }

  set(key: number, value: V): NumberMap<V> {
    let [root, level] = [this.#root, this.#level];
    for (; key >= (spans[level + 1] as number); level++) root = this.size === 0 ? [] : [root];
    return new Trie<V>(written(root, level, { key, value }), level, this.size + Number(this.get(key) === undefined));
  }

  delete(key: number): NumberMap<V> {
    if (this.get(key) === undefined) return this;
    const root = erased(this.#root, this.#level, key);
    return root === undefined ? emptyNumberMap<V>() : new Trie<V>(root, this.#level, this.size - 1);
  }

  values(from = 0): Iterable<V> {
    return valuesOf<V>(this.#root, this.#level, from);
  }
}

const empty: NumberMap<number> = new Trie<number>([], 0, 0);

function written<V>(node: Node<V> | undefined, level: number, entry: { key: number; value: V }): Node<V> {
  const slots = node === undefined ? [] : node.slice();
  const slot = slotOf(entry.key, level);
  // Without holes, which make arrays slow.
  while (slots.length < slot) slots.push(undefined);
  slots[slot] = level === 0 ? entry.value : written(slots[slot] as Node<V> | undefined, level - 1, entry);
  return slots;
}

/** A node without a key that it has; `undefined` where nothing is left. */
function erased<V>(node: Node<V>, level: number, key: number): Node<V> | undefined {
  const slots = node.slice();
  const slot = slotOf(key, level);
  slots[slot] = level === 0 ? undefined : erased(slots[slot] as Node<V>, level - 1, key);
  return slots.every((each) => each === undefined) ? undefined : slots;
}

/** The values of a node whose keys, counted from its first one, are `from` and above. */
function* valuesOf<V>(node: Node<V>, level: number, from: number): Generator<V> {
  const span = spans[level] as number;
  for (let slot = Math.max(0, Math.floor(from / span)); slot < node.length; slot++) {
    const each = node[slot];
    if (each === undefined) continue;
    if (level === 0) yield each as V;
    else yield* valuesOf(each as Node<V>, level - 1, from - slot * span);
  }
}
