import {
  laterThan,
  type Origin,
  type StoreError,
  saysSensitive,
  type Variable,
  type VariableChange,
  type Written,
} from "@trimtab/core";
import type { Change } from "./change.ts";
import type { NamedDeclaration } from "./declarations.ts";
import { type Decoded, decodeStored, decodeVariable, type Held } from "./decode-variable.ts";
import type { ReadCounter } from "./read-reports.ts";

/** Where and when an event happened. */
export interface EventContext {
  readonly revision: number;
  readonly atMs: number;
  readonly actor: string;
  readonly origin: Origin;
  readonly lagged: boolean;
}

/** What a change tells beside the variable and its values: when, by whom and why. */
type Circumstances = Omit<Change, "key" | "name" | "id" | "version" | "value" | "previous" | "updatedAtMs">;

/** What came of an event for one variable: a change to tell, or a value that the declared type cannot read. */
export type Outcome<V = unknown> =
  | { readonly kind: "change"; readonly change: Change<V> }
  | { readonly kind: "unreadable"; readonly error: StoreError }
  | undefined;

/**
 * What is known of one declared variable. What the watch has shown and what the program itself has written are kept
 * apart: `current` is the newer of the two, while changes are told from what the watch shows alone, so that they come
 * in order and each commit is told whole.
 */
export interface VariableSlot<V = unknown> extends NamedDeclaration<V> {
  /** Counts reads, where somebody wants to know. */
  readonly reads: ReadCounter | undefined;
  /** The newest version known; absent while there is none or it cannot be read. */
  readonly current: Held<V> | undefined;
  /** Errors say nothing of its values. */
  readonly sensitive: boolean;
  /** Why the variable cannot be read though it exists. */
  readonly problem: StoreError | undefined;
  /** Takes in a full view: the variable as it is, or that there is none. */
  show(variable: Variable | undefined, context: Pick<EventContext, "revision" | "lagged">): Outcome<V>;
  /** Takes in one change of one commit. */
  follow(change: VariableChange, context: EventContext): Outcome<V>;
  /** Takes in the program's own write, ahead of the watch. */
  write(written: Written, value: V, updatedBy: string): void;
  /** Drops the program's own write where the watch has come as far; says whether none is left ahead of it. */
  reached(revision: number): boolean;
  /** Decodes a variable read from the store. Throws where it is not of the declared type. */
  read(variable: Variable): Held<V>;
}

/** Makes a slot that knows nothing yet. */
export function createVariableSlot<V>(named: NamedDeclaration<V>, reads?: ReadCounter): VariableSlot<V> {
  const { key, name, declaration } = named;
  let seen: Decoded<V> | undefined;
  let own: { readonly held: Held<V>; readonly revision: number } | undefined;

  const seenHeld = () => (seen?.kind === "held" ? seen : undefined);
  const settle = () => {
    slot.current = own?.held ?? seenHeld();
    slot.problem = own === undefined && seen?.kind === "unreadable" ? seen.error : undefined;
  };

  /** Replaces what the watch has shown and tells the difference. */
  const become = (next: Decoded<V>, about: Circumstances): Outcome<V> => {
    const before = seenHeld();
    seen = next;
    settle();
    if (next.kind === "unreadable") return { kind: "unreadable", error: next.error };
    const { id, version, value, updatedAtMs } = next;
    const previous = before && { previous: before.value };
    return { kind: "change", change: { ...about, key, name, id, version, value, updatedAtMs, ...previous } };
  };

  const vanish = (
    about: Pick<Change, "revision" | "actor" | "origin" | "metadata" | "lagged"> & { atMs?: number },
  ): Outcome<V> => {
    const before = seenHeld();
    seen = undefined;
    slot.sensitive = saysSensitive(declaration);
    settle();
    if (before === undefined) return undefined;
    const { id, version, value } = before;
    const { atMs = before.updatedAtMs, ...rest } = about;
    return { kind: "change", change: { ...rest, kind: "deleted", key, name, id, version, value, updatedAtMs: atMs } };
  };

  /** Tells of something that leaves the value as it is. */
  const notice = (about: Circumstances): Outcome<V> => {
    const held = seenHeld();
    if (held === undefined) return undefined;
    const { id, version, value, updatedAtMs } = held;
    return { kind: "change", change: { ...about, key, name, id, version, value, updatedAtMs } };
  };

  // Fields that change, not getters, of which V8 makes a dictionary where there are several slots.
  const slot: { -readonly [K in keyof VariableSlot<V>]: VariableSlot<V>[K] } = {
    ...named,
    reads,
    current: undefined,
    sensitive: saysSensitive(declaration),
    problem: undefined,
    show(variable, context) {
      if (variable === undefined) return vanish({ ...context, actor: "", origin: "other", metadata: {} });
      const before = seenHeld();
      const next = decodeVariable(named, variable);
      slot.sensitive = saysSensitive(variable);
      if (before && next.kind === "held" && isSame(before, next) && declaration.type.equals(before.value, next.value)) {
        // The very same value stays, so that whoever compares by identity sees no difference either.
        seen = { ...next, value: before.value };
        settle();
        return undefined;
      }
      const { updatedBy: actor, origin, metadata } = variable;
      return become(next, { ...context, kind: before ? "updated" : "registered", actor, origin, metadata });
    },
    follow(change, { atMs, ...rest }) {
      const { metadata, causedBy } = change;
      const context = causedBy === undefined ? rest : { ...rest, causedBy };
      if (change.kind === "deleted") return vanish({ ...context, metadata, atMs });
      if (change.kind === "dependency-changed") return notice({ ...context, kind: change.kind, metadata });
      if (change.variable) {
        slot.sensitive = saysSensitive(change.variable);
        return become(decodeVariable(named, change.variable), { ...context, kind: change.kind, metadata });
      }
      if (saysSensitive(change)) slot.sensitive = true;
      if (seen?.kind === "unreadable" && seen.mismatch && seen.id === change.id) return undefined;
      const before = seenHeld()?.id === change.id ? seenHeld() : undefined;
      const updatedAtMs = before ? laterThan(before.updatedAtMs, atMs) : atMs;
      const constraints = before?.constraints ?? declaration.constraints;
      const stored = {
        id: change.id,
        version: change.version,
        payload: change.payload,
        updatedAtMs,
        constraints,
        updatedBy: context.actor,
        revision: context.revision,
      };
      const next = decodeStored(named, stored, slot.sensitive);
      return become(next, { ...context, kind: change.kind, metadata });
    },
    write({ id, version, updatedAtMs, revision }, value, updatedBy) {
      if (own !== undefined && own.revision >= revision) return;
      const constraints = (slot.current?.id === id ? slot.current.constraints : undefined) ?? declaration.constraints;
      own = { revision, held: { id, version, value, updatedAtMs, constraints, updatedBy, revision } };
      settle();
    },
    reached(revision) {
      if (own !== undefined && own.revision > revision) return false;
      own = undefined;
      settle();
      return true;
    },
    read(variable) {
      const held = decodeVariable(named, variable);
      if (held.kind === "held") return held;
      throw held.error;
    },
  };
  return slot;
}

const isSame = (a: Held, b: Held): boolean => a.id === b.id && a.version === b.version;
