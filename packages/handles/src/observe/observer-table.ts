import { readPattern } from "@trimtab/core";
import type { ObservedEvent } from "./observed-event.ts";
import type { Observer } from "./observer.ts";

/** What is observed: a variable by id or name, or every one whose name matches a glob, later ones included. */
export type ObserveTarget = string | { readonly pattern: string };

/** The observers of one session, found by what they observe. */
export interface ObserverTable {
  /** Adds an observer under the function that it calls; the one that is there for the same target, by either of its names, makes room. */
  add(target: ObserveTarget, callback: unknown, observer: Observer): () => void;
  remove(target: ObserveTarget, callback: unknown): void;
  /** Offers an event to all whom it concerns, the highest priority first, then the earliest. */
  tell(event: ObservedEvent): void;
  count(target?: ObserveTarget): number;
  clear(): void;
}

interface Entry {
  readonly observer: Observer;
  readonly number: number;
  readonly matches: (name: string) => boolean;
}

/** Makes a table without observers. `otherName` gives the name of an id, and the id of a name, as far as they are known. */
export function createObserverTable(otherName: (ref: string) => string | undefined): ObserverTable {
  const byTarget = new Map<string, Map<unknown, Entry>>();
  /** Keys of targets that are patterns, which every event is held against. */
  const patterns = new Set<string>();
  let number = 0;

  const keysOf = (target: ObserveTarget): string[] => {
    const other = typeof target === "string" ? otherName(target) : undefined;
    return other === undefined || other === target ? [keyOf(target)] : [keyOf(target), other];
  };

  const remove = (key: string, callback: unknown, only?: Entry): void => {
    const entries = byTarget.get(key);
    const entry = entries?.get(callback);
    if (entry === undefined || (only !== undefined && entry !== only)) return;
    entry.observer.close();
    entries?.delete(callback);
    if (entries?.size !== 0) return;
    byTarget.delete(key);
    patterns.delete(key);
  };

  return {
    add(target, callback, observer) {
      for (const each of keysOf(target)) remove(each, callback);
      const key = keyOf(target);
      const matches = typeof target === "string" ? () => true : readPattern(target.pattern, "target.pattern");
      const entry = { observer, number: number++, matches };
      const entries = byTarget.get(key) ?? new Map<unknown, Entry>();
      byTarget.set(key, entries.set(callback, entry));
      if (typeof target !== "string") patterns.add(key);
      return () => remove(key, callback, entry);
    },
    remove(target, callback) {
      for (const key of keysOf(target)) remove(key, callback);
    },
    tell(event) {
      const concerned = new Set<Entry>();
      for (const ref of [event.id, event.name]) {
        for (const entry of byTarget.get(keyOf(ref))?.values() ?? []) concerned.add(entry);
      }
      for (const key of patterns) {
        for (const entry of byTarget.get(key)?.values() ?? []) if (entry.matches(event.name)) concerned.add(entry);
      }
      const order = [...concerned].sort((a, b) => b.observer.priority - a.observer.priority || a.number - b.number);
      for (const { observer } of order) observer.offer(event);
    },
    count(target) {
      const counted = target === undefined ? byTarget.keys() : keysOf(target);
      return [...counted].reduce((sum, key) => sum + (byTarget.get(key)?.size ?? 0), 0);
    },
    clear() {
      for (const entries of byTarget.values()) for (const { observer } of entries.values()) observer.close();
      byTarget.clear();
      patterns.clear();
    },
  };
}

/** Names hold no slash, so a pattern's key is no variable's. */
const keyOf = (target: ObserveTarget): string => (typeof target === "string" ? target : `/${target.pattern}`);
