import type { ValueRecord } from "@trimtab/core";
import type { Random } from "../random.ts";
import type { SpaceLayout } from "../space/space-layout.ts";
import type { Judged } from "./judged.ts";

/** A place that the rules refuse, and one nearby that they may allow. */
export interface Repair {
  readonly layout: SpaceLayout;
  readonly target: Float64Array;
  readonly anchor: Float64Array;
  /** The values at a place, as they are judged. */
  readonly valuesAt: (unit: Float64Array) => ValueRecord;
  readonly random: Random;
}

/** How often the way to the target is cut when axes move together; each time where it can be gone is known to a smaller part of it. */
const cuts = 6;
/** How many axes are moved one by one. */
const maxApart = 16;

/**
 * Goes from an allowed place towards one that the rules refuse, as far as they allow, and gives where that ends; `undefined`
 * where the anchor is refused too, or where no part of the way can be gone.
 *
 * Parameters that no broken rule speaks of take the target's values as they are: all of them at once, or one half of them
 * after the other, down to single ones (the search of Zeller and Hildebrandt, "Simplifying and isolating failure-inducing
 * input", 2002). Those that are left move together along the line between the two places, to a point that the rules allow
 * (the repair of Michalewicz and Nazhiyath, "Genocop III: a co-evolutionary algorithm for numerical optimization problems
 * with nonlinear constraints", 1995). Where that leads nowhere they move one by one, or, as where a sum is fixed, two against
 * each other by the same amount. It takes some 2 log₂ n questions per parameter of n that has to stay back.
 */
export function* repairPoint(repair: Repair): Judged<Float64Array | undefined> {
  const { target, anchor, valuesAt, random } = repair;
  if ((yield valuesAt(anchor)) !== undefined) return undefined;
  const groups = shuffled(differingGroups(repair), random);
  const taken = yield* takeOver(repair, { from: anchor, groups, isRefused: true });
  const left = groups.filter((group) => group.some((i) => !isSame(taken[i], target[i])));
  const axes = left.flat().filter((i) => isOrdered(repair, i));
  if (axes.length === 0) return taken === anchor ? undefined : taken;
  const { unit: moved, share } = yield* moveAlong(repair, { from: taken, axes });
  const place = share < 1 / 8 ? yield* moveApart(repair, { from: moved, axes: shuffled(axes, random) }) : moved;
  return place === anchor ? undefined : place;
}

const isSame = (a: number | undefined, b: number | undefined): boolean => Object.is(a, b);

/** The axes on which the two places differ, of one variable each: what its branches bring goes with it. */
function differingGroups({ layout, target, anchor }: Repair): number[][] {
  const rootOf = (index: number) => {
    let parameter = layout.axes[index]?.parameter;
    while (parameter?.condition !== undefined) parameter = parameter.condition.parent;
    return parameter;
  };
  const groups = Map.groupBy(target.keys(), rootOf).values();
  return Array.from(groups).filter((group) => group.some((i) => !isSame(target[i], anchor[i])));
}

function shuffled<T>(items: readonly T[], random: Random): T[] {
  const order = [...items];
  for (let i = order.length - 1; i > 0; i--) {
    const k = random.below(i + 1);
    [order[i], order[k]] = [order[k] as T, order[i] as T];
  }
  return order;
}

interface Takeover {
  readonly from: Float64Array;
  readonly groups: readonly (readonly number[])[];
  /** Taking over all of them is known to be refused. */
  readonly isRefused?: boolean;
}

function* takeOver(repair: Repair, { from, groups, isRefused = false }: Takeover): Judged<Float64Array> {
  if (groups.length === 0) return from;
  if (!isRefused) {
    const unit = from.slice();
    for (const i of groups.flat()) unit[i] = repair.target[i] as number;
    if ((yield repair.valuesAt(unit)) === undefined) return unit;
  }
  if (groups.length === 1) return from;
  const middle = groups.length >> 1;
  const half = yield* takeOver(repair, { from, groups: groups.slice(0, middle) });
  return yield* takeOver(repair, { from: half, groups: groups.slice(middle) });
}

/** Values of the axis have an order, and both places have one. */
const isOrdered = ({ layout, target, anchor }: Repair, i: number): boolean =>
  layout.axes[i]?.isCategorical === false && Number.isFinite(anchor[i]) && Number.isFinite(target[i]);

interface Move {
  readonly from: Float64Array;
  readonly axes: readonly number[];
}

/** Moves some axes together towards the target, until the rules refuse it; gives the share of the way that was gone. */
function* moveAlong(
  { target, valuesAt, random }: Repair,
  { from, axes }: Move,
): Judged<{ readonly unit: Float64Array; readonly share: number }> {
  let [allowed, refused] = [0, 1];
  let reached = from;
  for (let cut = 0; cut < cuts; cut++) {
    // Anywhere between the two, so that not all repairs end on the very edge.
    const share = allowed + (refused - allowed) * random.next();
    const unit = from.slice();
    for (const i of axes) unit[i] = (from[i] as number) * (1 - share) + (target[i] as number) * share;
    if ((yield valuesAt(unit)) === undefined) [allowed, reached] = [share, unit];
    else refused = share;
  }
  return { unit: reached, share: allowed };
}

/** Moves axes some way towards the target, each alone or, where the rules refuse that, the next one the other way by as much. */
function* moveApart({ layout, target, valuesAt, random }: Repair, { from, axes }: Move): Judged<Float64Array> {
  let reached = from;
  for (const [k, i] of axes.slice(0, maxApart).entries()) {
    const x = reached[i] as number;
    const wanted = ((target[i] as number) - x) * random.next();
    if (wanted === 0) continue;
    const alone = reached.slice();
    alone[i] = x + wanted;
    if ((yield valuesAt(alone)) === undefined) {
      reached = alone;
      continue;
    }
    const j = axes[(k + 1) % axes.length] as number;
    const ratio = extentOf(layout, i) / extentOf(layout, j);
    if (i === j || !Number.isFinite(ratio)) continue;
    // As far as both stay within their ranges.
    const y = reached[j] as number;
    const room = (wanted > 0 ? y : 1 - y) / ratio;
    const change = Math.sign(wanted) * Math.min(Math.abs(wanted), room);
    const unit = reached.slice();
    [unit[i], unit[j]] = [x + change, y - change * ratio];
    if (change !== 0 && (yield valuesAt(unit)) === undefined) reached = unit;
  }
  return reached;
}

/** How wide the range of an axis is; `NaN` where equal steps on it are no equal amounts. */
function extentOf({ axes }: SpaceLayout, index: number): number {
  const space = axes[index]?.parameter.space;
  if (space === undefined || space.kind === "categorical" || space.kind === "conditional") return Number.NaN;
  if (space.kind === "vector") return space.sphere ? Number.NaN : space.max - space.min;
  if (space.log) return Number.NaN;
  // Cells have the width of a step, and there is one more of them than there are steps.
  return Number(space.max) - Number(space.min) + Number(space.step ?? (space.kind === "integer" ? 1 : 0));
}
