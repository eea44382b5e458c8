import { expect } from "vitest";
import type { Selection, VariableChange, WatchEvent } from "../../index.ts";
import type { PlainFloats, PlainLife } from "./plain-life.ts";

/** What somebody who watches a session holds of it, and where they stand. */
export interface PlainWatch {
  readonly selection: Selection;
  readonly coalesce: boolean;
  /** Variables in words, by name. */
  view: Map<string, string>;
  /** Where the last event was told, once there was one. */
  at?: { readonly life: PlainLife; readonly revision: number; readonly token: string };
}

/** Somebody who has seen nothing yet. */
export const newWatch = (selection: Selection, coalesce = false): PlainWatch => ({
  selection,
  coalesce,
  view: new Map(),
});

interface Seen {
  readonly id: string;
  readonly name: string;
  readonly version: number;
  readonly value: unknown;
}

const inWords = ({ id, version, value }: Omit<Seen, "name">) => `${id} v${version} ${String(value)}`;

/** What a watch is to hold at a revision of a life. */
function viewAt({ selection: { pattern, refs } }: PlainWatch, floats: PlainFloats): Map<string, string> {
  const isSelected = (name: string) =>
    (pattern === undefined && refs === undefined) ||
    refs?.includes(name) === true ||
    (pattern !== undefined && name.startsWith(pattern.slice(0, -1)));
  const selected = [...floats].filter(([name]) => isSelected(name));
  return new Map(selected.map(([name, float]) => [name, inWords(float)]));
}

/**
 * Takes in an event of a life's watch and holds it against what the session was: nothing is told twice, out of order or
 * ahead of its time, nothing is left out, and whoever has lost the thread is told so.
 */
export function take(watch: PlainWatch, life: PlainLife, event: WatchEvent): void {
  const { at } = watch;
  const holds = (revision: number) => {
    const floats = life.past.get(revision);
    if (floats === undefined) return expect.fail(`${event.kind} speaks of revision ${revision}, which there is not`);
    return expect(watch.view, `${event.kind} at ${event.revision}`).toEqual(viewAt(watch, floats));
  };
  if (event.kind === "snapshot") expect(at).toBeUndefined();
  if (event.kind === "reset") {
    if (at?.life === life) expect(event.cause).toBe("history_lost");
    else expect([at === undefined, event.cause]).toEqual([false, "session_recreated"]);
  }
  if (event.kind === "snapshot" || event.kind === "reset") {
    watch.view = new Map(event.variables.map((variable) => [variable.name, inWords(variable)]));
  } else {
    expect(at?.life).toBe(life);
    if (event.kind === "changes") {
      expect(event.revision).toBeGreaterThan(at?.revision ?? 0);
      if (!watch.coalesce) holds(event.revision - 1);
      for (const change of event.changes) apply(watch.view, change);
    } else expect(event.revision).toBeGreaterThanOrEqual(at?.revision ?? 0);
  }
  holds(event.revision);
  watch.at = { life, revision: event.revision, token: event.token };
}

function apply(view: Map<string, string>, { kind, variable, ...change }: VariableChange): void {
  if (kind === "deleted") view.delete(change.name);
  else view.set(change.name, inWords(variable ?? change));
}
