import type { Payload } from "@trimtab/core";
import type { Result } from "./cel-value.ts";

/** Gives the value of a variable by its name, or `undefined` where it has none now. */
export type Scope = (name: string) => Payload | undefined;

/** What one evaluation holds. */
export interface Frame {
  scope: Scope;
  /** Values of variables, each read at most once. */
  readonly slots: (Result | undefined)[];
  /** Values of the variables of macros, by depth of nesting. */
  readonly locals: Result[];
  /** Units spent so far. */
  cost: number;
  maxCost: number;
}

/** Slots of a frame that serves one evaluation after the other. */
const usualSlots = 8;

const noScope: Scope = () => undefined;

/** What the last evaluation was done in, for the next one; absent while one is under way. */
let spare: Frame | undefined;

/** Gives a frame for an evaluation that reads so many variables, to be given back by {@link leaveFrame}. */
export function enterFrame(scope: Scope, slots: number, maxCost: number): Frame {
  const frame = slots > usualSlots ? undefined : spare;
  if (frame === undefined) {
    const length = Math.max(slots, usualSlots);
    return { scope, slots: Array.from({ length }, () => undefined), locals: [], cost: 0, maxCost };
  }
  spare = undefined;
  frame.scope = scope;
  frame.cost = 0;
  frame.maxCost = maxCost;
  return frame;
}

/** Ends the use of a frame, which then holds no values any more. */
export function leaveFrame(frame: Frame): void {
  const { slots, locals } = frame;
  if (slots.length > usualSlots) return;
  frame.scope = noScope;
  for (let i = 0; i < usualSlots; i++) slots[i] = undefined;
  if (locals.length > 0) locals.length = 0;
  spare = frame;
}

/** Thrown once the cost limit is passed. It ends the evaluation, so no operator can absorb it as it does a failure. */
export class CostLimitExceeded extends Error {}

// One for all, since making an error costs much more than what is refused.
const costLimitExceeded = new CostLimitExceeded("cost limit exceeded");

/**
 * Spends units of the evaluation's cost, before the work that they stand for is done. A unit is about the time of one
 * operator; see {@link textCost} and {@link copyCost} for what grows with the size of its operands.
 *
 * @throws CostLimitExceeded
 */
export function charge(frame: Frame, units: number): void {
  frame.cost += units;
  if (frame.cost > frame.maxCost) throw costLimitExceeded;
}

/** Units for reading or making text character by character. */
export const textCost = (length: number): number => length / 8;

/** Units for copying, comparing or passing on a block of text, bytes or items. */
export const copyCost = (length: number): number => length / 64;
