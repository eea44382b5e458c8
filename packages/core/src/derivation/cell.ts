import type { Payload } from "../payload.ts";
import { payloadEquals } from "../payload-equality.ts";

/** A value in a column, where a number stands for the payload of that number: eight bytes in place of an object. */
export type Cell = number | Payload;

/** A value as it is put into a column. */
export const toCell = (payload: Payload): Cell => (payload.kind === "number" ? payload.value : payload);

/** A value that was put into a column. */
export const fromCell = (cell: Cell): Payload => (typeof cell === "number" ? { kind: "number", value: cell } : cell);

/** Compares two values as {@link payloadEquals} does. */
export const cellEquals = (a: Cell, b: Cell): boolean =>
  typeof a === "number" || typeof b === "number" ? Object.is(a, b) : payloadEquals(a, b);
