import { type Cel, Uint } from "./cel-value.ts";

/** Entries under keys that are text, booleans or whole numbers; numbers that are equal are one key, whatever their type. */
export abstract class CelMap {
  abstract readonly size: number;
  /** The value under a key; `undefined` where there is none, also for what can be no key. */
  abstract get(key: Cel): Cel | undefined;
  /** The keys in the order in which they were written. */
  abstract keys(): Iterable<Cel>;
}

/** What a JavaScript map compares keys by. */
export type NormalKey = string | bigint | boolean;

/** The form by which keys are compared; `undefined` for what can be no key. */
export function normalKey(key: Cel): NormalKey | undefined {
  switch (typeof key) {
    case "string":
    case "bigint":
    case "boolean":
      return key;
    case "number":
      return Number.isInteger(key) ? BigInt(key) : undefined;
    default:
      return key instanceof Uint ? key.value : undefined;
  }
}

/** A map that an expression has built. */
export class EntryMap extends CelMap {
  readonly #entries = new Map<NormalKey, readonly [key: Cel, value: Cel]>();

  get size(): number {
    return this.#entries.size;
  }

  get(key: Cel): Cel | undefined {
    const normal = normalKey(key);
    return normal === undefined ? undefined : this.#entries.get(normal)?.[1];
  }

  keys(): readonly Cel[] {
    return Array.from(this.#entries.values(), ([key]) => key);
  }

  /** Adds an entry, or gives `false` where the key is there already. Only whoever builds the map may call this. */
  add(normal: NormalKey, key: Cel, value: Cel): boolean {
    if (this.#entries.has(normal)) return false;
    this.#entries.set(normal, [key, value]);
    return true;
  }
}
