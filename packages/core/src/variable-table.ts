import { type Cell, toCell } from "./derivation/cell.ts";
import type { DerivedRun } from "./derivation/derived-run.ts";
import type { Recipe } from "./derivation/recipe.ts";
import type { Table } from "./layered-map.ts";
import type { Variable } from "./variable.ts";
import { variableAfter } from "./variable-after.ts";

/** Makes the table of a session's variables, by id. */
export const createVariableTable = (variables: readonly Variable[] = []): Table<string, Variable> =>
  new VariableTable(variables);

/**
 * Where a derived variable is kept whose values follow one another faster than anybody looks at them: the variable as it was
 * when somebody last did, and where the last of the values is that it was given since.
 */
export class DerivedSlot {
  /** What says which table it is an entry of. Not the table, which was to go with its session and not with the last commit. */
  readonly key: object;
  readonly id: string;
  /** What its values are computed by, noted by whoever computes them. */
  recipe: Recipe | undefined;
  #base: Variable;
  #run: DerivedRun | undefined;
  #at = 0;

  constructor(key: object, variable: Variable) {
    this.key = key;
    this.id = variable.id;
    this.#base = variable;
  }

  /** The variable as it was at some time: everything is as it is now but what comes with a computed value. */
  get base(): Variable {
    return this.#base;
  }

  /** The run that its value comes from, at {@link at}; none where the variable is as it was looked at last. */
  get run(): DerivedRun | undefined {
    return this.#run;
  }

  get at(): number {
    return this.#at;
  }

  get isDerived(): boolean {
    return this.recipe !== undefined || this.#base.derivation !== undefined;
  }

  get version(): number {
    return this.#run === undefined ? this.#base.version : this.#run.versionAt(this.#at);
  }

  /** Its value, as it is put into a column. */
  get cell(): Cell {
    return this.#run === undefined ? toCell(this.#base.payload) : this.#run.cellAt(this.#at);
  }

  /** The variable as it is now. */
  get variable(): Variable {
    const run = this.#run;
    if (run !== undefined) this.put(variableAfter(this.#base, run.eventAt(this.#at), run.cause.stamp));
    return this.#base;
  }

  put(variable: Variable): void {
    if (this.recipe !== undefined && !isMadeAlike(variable, this.#base)) this.recipe = undefined;
    this.#base = variable;
    this.#run = undefined;
  }

  /**
   * Gives it the value that is at some place of a run. What is passed over where nobody looks leaves no trace: each value is stamped anew, and what
   * is said of how it came about is said in the same words.
   */
  take(run: DerivedRun, at: number): void {
    const { stamp } = run.cause;
    const beforeMs = this.#run === undefined ? this.#base.updatedAtMs : this.#run.cause.stamp.atMs;
    // One that was updated in the future, as it may be where it comes from elsewhere, counts its microseconds.
    if (stamp.atMs > beforeMs) {
      this.#run = run;
      this.#at = at;
    } else this.put(variableAfter(this.variable, run.eventAt(at), stamp));
  }
}

/** Says whether a variable's values are computed and checked as another's are, which is not stale. */
const isMadeAlike = (a: Variable, b: Variable): boolean =>
  a.stale === undefined && a.derivation === b.derivation && a.constraints === b.constraints && a.type === b.type;

/** A class for its speed, as layers are. */
export class VariableTable implements Table<string, Variable> {
  readonly #entries = new Map<string, Variable | DerivedSlot>();
  /** There as soon as there are slots. */
  #key: object | undefined;
  #comings = 0;

  constructor(variables: readonly Variable[]) {
    for (const variable of variables) this.#entries.set(variable.id, variable);
  }

  get size(): number {
    return this.#entries.size;
  }

  /** Grows whenever a variable comes or goes: while it stays, so do their ids, their names, and the times at which they were created. */
  get comings(): number {
    return this.#comings;
  }

  /** Notes that a variable was put in which was not there, or not as it is now but for what writes change. */
  noteComing(): void {
    this.#comings++;
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
    const entry = this.#key !== undefined ? this.#entries.get(id) : undefined;
    if (entry instanceof DerivedSlot) return entry.put(variable);
    return this.#entries.set(id, variable);
  }

  delete(id: string): boolean {
    this.#comings++;
    return this.#entries.delete(id);
  }

  keys(): Iterable<string> {
    return this.#entries.keys();
  }

  values(): Iterable<Variable> {
    const entries = [...this.#entries.values()];
    // Snapshots ask for all: where there are no slots none has to be looked into.
    if (this.#key === undefined) return entries as Variable[];
    return entries.map((entry) => (entry instanceof DerivedSlot ? entry.variable : entry));
  }

  /** The slot of a derived variable, which is made where there is none yet. */
  slotOf(id: string): DerivedSlot | undefined {
    const entry = this.#entries.get(id);
    if (entry === undefined || entry instanceof DerivedSlot) return entry;
    if (entry.derivation === undefined) return undefined;
    this.#key ??= {};
    const slot = new DerivedSlot(this.#key, entry);
    this.#entries.set(id, slot);
    return slot;
  }

  /** Says whether a slot is one of this table's. */
  owns(slot: DerivedSlot | undefined): slot is DerivedSlot {
    return slot !== undefined && slot.key === this.#key;
  }
}

/** Gives {@link VariableTable.comings}; nothing of tables that are drafts, which do not count. */
export const comingsOf = (table: Table<string, Variable>): number | undefined =>
  table instanceof VariableTable ? table.comings : undefined;
