import { DerivedSet } from "./derivation/derived-set.ts";
import type { Recipe } from "./derivation/recipe.ts";
import type { Table } from "./layered-map.ts";
import type { Payload } from "./payload.ts";
import type { Variable } from "./variable.ts";
import { variableAfter } from "./variable-after.ts";

/** Makes the table of a session's variables, by id. */
export const createVariableTable = (variables: readonly Variable[] = []): Table<string, Variable> =>
  new VariableTable(variables);

/**
 * Where a derived variable is kept whose values follow one another faster than anybody looks at them: the variable as it was
 * when somebody last did, and the last of the values that it was given since.
 */
export class DerivedSlot {
  /** What it is an entry of. */
  readonly table: Table<string, Variable>;
  readonly id: string;
  /** What its values are computed by, for whoever computes them. */
  recipe: Recipe | undefined;
  #base: Variable;
  #last: DerivedSet | undefined;

  constructor(table: Table<string, Variable>, variable: Variable) {
    this.table = table;
    this.id = variable.id;
    this.#base = variable;
  }

  /** The variable as it was at some time: everything is as it is now but what comes with a computed value. */
  get base(): Variable {
    return this.#base;
  }

  get version(): number {
    return this.#last === undefined ? this.#base.version : this.#last.version;
  }

  get payload(): Payload {
    return this.#last === undefined ? this.#base.payload : this.#last.payload;
  }

  /** The variable as it is now. */
  get variable(): Variable {
    const last = this.#last;
    if (last !== undefined) this.put(variableAfter(this.#base, last, DerivedSet.stampOf(last)));
    return this.#base;
  }

  put(variable: Variable): void {
    this.#base = variable;
    this.#last = undefined;
  }

  /**
   * Gives it a computed value. What is passed over where nobody looks leaves no trace: each value is stamped anew, and what
   * is said of how it came about is said in the same words.
   */
  take(event: DerivedSet): void {
    const stamp = DerivedSet.stampOf(event);
    const beforeMs = this.#last === undefined ? this.#base.updatedAtMs : DerivedSet.stampOf(this.#last).atMs;
    // One that was updated in the future, as it may be where it comes from elsewhere, counts its microseconds.
    if (stamp.atMs > beforeMs) this.#last = event;
    else this.put(variableAfter(this.variable, event, stamp));
  }
}

/** A class for its speed, as layers are. */
export class VariableTable implements Table<string, Variable> {
  readonly #entries = new Map<string, Variable | DerivedSlot>();
  #hasSlots = false;

  constructor(variables: readonly Variable[]) {
    for (const variable of variables) this.#entries.set(variable.id, variable);
  }

  get size(): number {
    return this.#entries.size;
  }

  get(id: string): Variable | undefined {
    const entry = this.#entries.get(id);
    return entry instanceof DerivedSlot ? entry.variable : entry;
  }

  has(id: string): boolean {
    return this.#entries.has(id);
  }

  set(id: string, variable: Variable): unknown {
    // A slot stays, since others may hold it.
    const entry = this.#hasSlots ? this.#entries.get(id) : undefined;
    if (entry instanceof DerivedSlot) return entry.put(variable);
    return this.#entries.set(id, variable);
  }

  delete(id: string): boolean {
    return this.#entries.delete(id);
  }

  keys(): Iterable<string> {
    return this.#entries.keys();
  }

  *values(): Generator<Variable> {
    for (const entry of this.#entries.values()) yield entry instanceof DerivedSlot ? entry.variable : entry;
  }

  /** The slot of a derived variable, which is made where there is none yet. */
  slotOf(id: string): DerivedSlot | undefined {
    const entry = this.#entries.get(id);
    if (entry === undefined || entry instanceof DerivedSlot) return entry;
    if (entry.derivation === undefined) return undefined;
    const slot = new DerivedSlot(this, entry);
    this.#entries.set(id, slot);
    this.#hasSlots = true;
    return slot;
  }
}
