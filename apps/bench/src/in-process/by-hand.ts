interface Entry {
  readonly name: string;
  readonly type: string;
  readonly value: number;
  readonly version: number;
  readonly updatedAtMs: number;
}

/** Variables as somebody would keep them who needs no more. */
export interface ByHand {
  get(name: string): number | undefined;
  set(name: string, value: number): void;
}

/** The least that a validated, versioned variable with so many versions of history can cost. */
export function createByHand(names: readonly string[], versions: number): ByHand {
  const entries = new Map(
    names.map((name) => [name, { name, type: "float", value: 0.5, version: 0, updatedAtMs: 0 } as Entry]),
  );
  const history = new Map<string, Entry[]>();
  return {
    get: (name: string) => entries.get(name)?.value,
    set(name: string, value: number): void {
      if (!(value >= 0 && value <= 2)) throw new RangeError(`${name}: ${value}`);
      const before = entries.get(name);
      if (before === undefined) throw new RangeError(`no ${name}`);
      const entry = Object.freeze({ ...before, value, version: before.version + 1, updatedAtMs: Date.now() });
      entries.set(name, entry);
      const ring = history.get(name) ?? [];
      ring[entry.version % versions] = entry;
      history.set(name, ring);
    },
  };
}
