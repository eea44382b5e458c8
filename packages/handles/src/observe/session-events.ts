import { type Value, type Variable, valueEquals, type WatchEvent } from "@trimtab/core";
import type { ObservedEvent } from "./observed-event.ts";

/** Tells, from what a watch yields, what has happened to each variable, and what it was before. */
export interface SessionEvents {
  /** Takes in the next event of the watch. */
  read(event: WatchEvent): readonly ObservedEvent[];
  /** Says whether a variable of this id or name is there. */
  has(ref: string): boolean;
  /** The name of the variable with an id, or the id of the one with a name, where it is there. */
  otherName(ref: string): string | undefined;
}

interface Known {
  readonly name: string;
  readonly version: number;
  readonly value: Value;
}

/** Where a log has lost its end, another value may have come to have the version of one that was known. */
const isSame = (known: Known, { version, value }: Variable): boolean =>
  known.version === version && valueEquals(known.value, value);

/** Starts without knowing anything; the first full view is where observation begins, and tells nothing. */
export function createSessionEvents(): SessionEvents {
  const known = new Map<string, Known>();
  const names = new Map<string, string>();
  let begun = false;

  const learn = (id: string, { name, version, value }: Known): void => {
    known.set(id, { name, version, value });
    names.set(name, id);
  };
  const forget = (id: string): void => {
    const name = known.get(id)?.name;
    known.delete(id);
    if (name !== undefined && names.get(name) === id) names.delete(name);
  };

  const changesOf = (event: Extract<WatchEvent, { kind: "changes" }>): ObservedEvent[] =>
    event.changes.map((change) => {
      const { kind, id, name, version, metadata, causedBy } = change;
      const before = known.get(id);
      const leavesValue = kind === "dependency-changed";
      const newValue = leavesValue ? (before?.value ?? null) : change.value;
      if (kind === "deleted") forget(id);
      else learn(id, { name, version, value: newValue });
      const { actor, origin, revision, atMs, coalesced: lagged } = event;
      const told = { kind, id, name, version, newValue, metadata, actor, origin, revision, atMs, lagged };
      return {
        ...told,
        ...(before !== undefined && { oldValue: before.value }),
        ...(causedBy !== undefined && { causedBy }),
      };
    });

  /** What a full view shows to be different, where what happened in between cannot be told any more. */
  const differences = (variables: readonly Variable[], revision: number): ObservedEvent[] => {
    const gone = new Map(known);
    const events: ObservedEvent[] = [];
    for (const variable of variables) {
      const before = gone.get(variable.id);
      gone.delete(variable.id);
      learn(variable.id, variable);
      if (before !== undefined && isSame(before, variable)) continue;
      const { id, name, version, value: newValue, metadata, updatedBy: actor, origin, updatedAtMs: atMs } = variable;
      const kind = before === undefined ? "registered" : "updated";
      const told = {
        kind,
        id,
        name,
        version,
        newValue,
        metadata,
        actor,
        origin,
        revision,
        atMs,
        lagged: true,
      } as const;
      events.push(before === undefined ? told : { ...told, oldValue: before.value });
    }
    for (const [id, { name, version, value }] of gone) {
      forget(id);
      const about = { metadata: {}, actor: "", origin: "other", revision, atMs: Date.now(), lagged: true } as const;
      events.push({ kind: "deleted", id, name, version, newValue: value, oldValue: value, ...about });
    }
    return events;
  };

  return {
    has: (ref) => known.has(ref) || names.has(ref),
    otherName: (ref) => known.get(ref)?.name ?? names.get(ref),
    read(event) {
      if (event.kind === "changes") return changesOf(event);
      if (event.kind !== "snapshot" && event.kind !== "reset") return [];
      const events = differences(event.variables, event.revision);
      const isFirst = !begun;
      begun = true;
      return isFirst ? [] : events;
    },
  };
}
