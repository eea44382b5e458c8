import type { CommitStamp, VariableSet } from "../commit.ts";
import type { Payload } from "../payload.ts";
import type { DerivedSlot } from "../variable-table.ts";

/** What has led to new values of derived variables, and what they are stamped with. All that follow from one write share it. */
export interface Cause {
  readonly causedBy: readonly string[];
  readonly root: string | undefined;
  readonly stamp: CommitStamp;
}

/**
 * The event that gives a derived variable its value, as it was decided in this process: one record from which the variable and
 * its version are made when somebody asks, since hardly anybody asks for all of them. A class, so that it may keep its stamp
 * to itself.
 */
export class DerivedSet implements VariableSet {
  readonly kind = "variable-set";
  readonly id: string;
  readonly name: string;
  readonly version: number;
  readonly payload: Payload;
  readonly previous: Payload;
  readonly causedBy: readonly string[];
  readonly root: string;
  readonly #stamp: CommitStamp;

  constructor(before: DerivedSlot, payload: Payload, { causedBy, root, stamp }: Cause) {
    this.id = before.id;
    this.name = before.base.name;
    this.version = before.version + 1;
    this.payload = payload;
    this.previous = before.payload;
    this.causedBy = causedBy;
    this.root = root ?? before.id;
    this.#stamp = stamp;
  }

  /** The stamp of the commit that an event is of. */
  static stampOf(event: DerivedSet): CommitStamp {
    return event.#stamp;
  }
}
