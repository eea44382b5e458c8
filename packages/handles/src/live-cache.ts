import type { Receipt, StoreError, WatchEvent, Written } from "@trimtab/core";
import type { Change } from "./change.ts";
import type { EventContext, Outcome, VariableSlot } from "./variable-slot.ts";

/** What an event came to. */
export interface Applied {
  /** In the order they were made; empty where nothing declared has changed. */
  readonly changes: readonly Change[];
  /** Values that the declared types cannot read. */
  readonly errors: readonly StoreError[];
}

/** The last known state of the declared variables: what a watch has shown, and the program's own writes on top. */
export interface LiveCache {
  /** Session revision up to which the watch has shown everything; 0 before the first event. */
  readonly revision: number;
  /** Counts the incarnations of the session: revisions of different eras cannot be compared. */
  readonly era: number;
  /** Session revision of the program's own latest write; 0 before the first. */
  readonly written: number;
  /** Moves whenever a value may read differently from before. */
  readonly stamp: number;
  /** Takes in an event, whole; one that the cache has seen already changes nothing. */
  apply(event: WatchEvent): Applied;
  /**
   * Makes the program's own write readable at once. Does nothing where the watch has come as far already, or where the
   * write was sent in an earlier era.
   */
  write(
    era: number,
    receipt: Receipt & { readonly updatedBy?: string },
    writes: Iterable<readonly [VariableSlot, Written, unknown]>,
  ): void;
  /** Begins anew with the same last known values: the session is another one now. */
  startEra(): void;
}

const nothing: Applied = { changes: [], errors: [] };

/** Makes a cache over these slots, each with a name of its own. */
export function createLiveCache(slots: readonly VariableSlot[]): LiveCache {
  const byName = new Map(slots.map((slot) => [slot.name, slot]));
  let revision = 0;
  let written = 0;
  let era = 0;
  let stamp = 0;

  const ahead = new Set<VariableSlot>();

  const advance = (to: number): void => {
    revision = to;
    for (const slot of ahead) if (slot.reached(to)) ahead.delete(slot);
  };

  const startEra = (): void => {
    advance(Number.POSITIVE_INFINITY);
    revision = 0;
    written = 0;
    era++;
    stamp++;
  };

  const outcomesOf = (event: WatchEvent): Outcome[] => {
    switch (event.kind) {
      case "snapshot":
      case "reset": {
        const shown = new Map(event.variables.map((variable) => [variable.name, variable]));
        const context = { revision: event.revision, lagged: revision > 0 || era > 0 };
        return slots.map((slot) => slot.show(shown.get(slot.name), context));
      }
      case "changes": {
        const { atMs, actor, origin, coalesced: lagged } = event;
        const context: EventContext = { revision: event.revision, atMs, actor, origin, lagged };
        return event.changes.map((change) => byName.get(change.name)?.follow(change, context));
      }
      default:
        return [];
    }
  };

  return {
    get revision() {
      return revision;
    },
    get era() {
      return era;
    },
    get written() {
      return written;
    },
    get stamp() {
      return stamp;
    },
    apply(event) {
      if (event.kind === "changes" && event.revision <= revision) return nothing;
      // A log that has lost its end goes on from an earlier revision: what was known after it never happened.
      if (event.kind === "reset" && event.revision < revision) startEra();
      const outcomes = outcomesOf(event);
      const before = ahead.size;
      advance(event.revision);
      const changes = outcomes.flatMap((outcome) => (outcome?.kind === "change" ? [outcome.change] : []));
      const errors = outcomes.flatMap((outcome) => (outcome?.kind === "unreadable" ? [outcome.error] : []));
      if (changes.length + errors.length > 0 || ahead.size < before) stamp++;
      return { changes, errors };
    },
    write(sentInEra, receipt, writes) {
      if (sentInEra !== era) return;
      written = Math.max(written, receipt.revision);
      if (receipt.revision <= revision) return;
      for (const [slot, written, value] of writes) {
        slot.write(written, value, receipt.updatedBy ?? "");
        ahead.add(slot);
      }
      stamp++;
    },
    startEra,
  };
}
