import type { CommitStamp, VariableSet } from "../commit.ts";
import { payloadSize } from "../payload.ts";
import type { DerivedSlot } from "../variable-table.ts";
import { type Cell, fromCell } from "./cell.ts";

/** What has led to new values of derived variables, and what they are stamped with. All that follow from one write share it. */
export interface Cause {
  readonly causedBy: readonly string[];
  readonly root: string | undefined;
  readonly stamp: CommitStamp;
}

/** In the place of columns that are not there yet. */
const none: never[] = [];

/**
 * New values of derived variables that follow one another in a commit and have one cause, in the place of an event for each:
 * columns, from which events, variables and versions are made when somebody asks, since hardly anybody asks for all of them.
 * A run that goes on from another place by place shares with it what is not new.
 */
export class DerivedRun {
  readonly kind = "derived-run";
  readonly cause: Cause;
  readonly #values: Cell[] = [];
  /** The run that had given these variables the values before, each at its place, as far as this has come. */
  #model: DerivedRun | undefined;
  #slots: DerivedSlot[];
  #previous: Cell[];
  #versions: number[];
  /** What is to be added to each of the versions. */
  #later = 0;

  constructor(cause: Cause, first: DerivedSlot) {
    this.cause = cause;
    this.#model = first.run;
    const isAlone = this.#model === undefined;
    this.#slots = isAlone ? [] : none;
    this.#previous = isAlone ? [] : none;
    this.#versions = isAlone ? [] : none;
  }

  get slots(): readonly DerivedSlot[] {
    return this.#slots;
  }

  add(slot: DerivedSlot, value: Cell): void {
    const at = this.#values.length;
    if (this.#model !== undefined && (slot.run !== this.#model || slot.at !== at)) this.#part(this.#model);
    this.#values.push(value);
    if (this.#model !== undefined) return;
    this.#slots.push(slot);
    this.#previous.push(slot.cell);
    this.#versions.push(slot.version + 1);
  }

  /** Ends it: nothing is added any more. */
  end(): void {
    const model = this.#model;
    if (model === undefined) return;
    if (this.#values.length < model.#values.length) this.#part(model);
    else {
      this.#slots = model.#slots;
      this.#previous = model.#values;
      this.#versions = model.#versions;
      this.#later = model.#later + 1;
      this.#model = undefined;
    }
  }

  /** Goes another way from here than the run before. */
  #part(model: DerivedRun): void {
    const { length } = this.#values;
    this.#slots = model.#slots.slice(0, length);
    this.#previous = model.#values.slice(0, length);
    this.#versions = Array.from(this.#slots, (_, at) => model.versionAt(at) + 1);
    this.#model = undefined;
  }

  versionAt(at: number): number {
    return (this.#versions[at] as number) + this.#later;
  }

  cellAt(at: number): Cell {
    return this.#values[at] as Cell;
  }

  /** What its values take, as size limits count. */
  get bytes(): number {
    return this.#values.reduce<number>((sum, cell) => sum + payloadSize(fromCell(cell)), 0);
  }

  /** The event that gives one of the variables its value. */
  eventAt(at: number): VariableSet {
    const { id, base } = this.#slots[at] as DerivedSlot;
    const { causedBy, root } = this.cause;
    return {
      kind: "variable-set",
      id,
      name: base.name,
      version: this.versionAt(at),
      payload: fromCell(this.cellAt(at)),
      previous: fromCell(this.#previous[at] as Cell),
      causedBy,
      root: root ?? id,
    };
  }
}
