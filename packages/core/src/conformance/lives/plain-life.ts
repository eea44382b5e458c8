/** A float that a session has: which variable it is, and its value. */
export interface PlainFloat {
  readonly id: string;
  readonly version: number;
  readonly value: number;
}

/** Floats by name. */
export type PlainFloats = ReadonlyMap<string, PlainFloat>;

/** One session from its beginning to its end: another one of the same id is another life. */
export interface PlainLife {
  readonly id: string;
  revision: number;
  floats: PlainFloats;
  /** What there was after each revision. */
  readonly past: Map<number, PlainFloats>;
}

/** The values that there are to be, by name, or why nothing happens. */
export type PlainResult = ReadonlyMap<string, number> | { readonly refused: string };

/** The values that floats have. */
export const valuesOf = (floats: PlainFloats): Map<string, number> =>
  new Map(Array.from(floats, ([name, { value }]) => [name, value]));

/** What registering, setting or deleting a float comes to. */
export function changeOne(
  { floats }: PlainLife,
  kind: "register" | "set" | "delete",
  { name, value }: { readonly name: string; readonly value: number },
): PlainResult {
  if (kind === "register" && floats.has(name)) return { refused: "already_exists" };
  if (kind !== "register" && !floats.has(name)) return { refused: "not_found" };
  const values = valuesOf(floats);
  if (kind === "delete") values.delete(name);
  else values.set(name, value);
  return values;
}

/** How far a rollback goes beyond values. */
export interface RollbackReach {
  readonly deleteNew: boolean;
  readonly restoreDeleted: boolean;
}

/** What going back to what there was comes to: variables are told from each other by their ids. */
export function goBack({ floats }: PlainLife, past: PlainFloats, reach: RollbackReach): PlainResult {
  const then = new Map(Array.from(past.values(), ({ id, value }) => [id, value]));
  const values = new Map<string, number>();
  for (const [name, { id, value }] of floats) {
    if (then.has(id) || !reach.deleteNew) values.set(name, then.get(id) ?? value);
  }
  if (!reach.restoreDeleted) return values;
  const present = new Set(Array.from(floats.values(), ({ id }) => id));
  for (const [name, { id, value }] of past) {
    if (present.has(id)) continue;
    if (values.has(name)) return { refused: "already_exists" };
    values.set(name, value);
  }
  return values;
}

/** What taking in another session's floats comes to. */
export function takeIn({ floats }: PlainLife, given: PlainFloats, isReplacing: boolean): PlainResult {
  const values = valuesOf(floats);
  for (const [name, { value }] of given) if (isReplacing || !values.has(name)) values.set(name, value);
  return values;
}
