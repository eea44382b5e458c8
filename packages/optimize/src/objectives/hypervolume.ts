import { counted, requireArguments, storeError } from "@trimtab/core";
import { volumeArguments } from "../argument-kinds.ts";
import { type Losses, paretoFront } from "./dominance.ts";

/**
 * The measure of all that some of the losses dominate and that is within `reference`; losses that are not better than
 * the reference in every objective add nothing. Exact for any number of objectives, by the exclusive contributions of
 * While, Bradstreet and Barone ("A fast way of calculating exact hypervolumes", 2012, WFG), with a sweep for two.
 *
 * @throws StoreError `invalid_argument` for losses of more or fewer objectives than the reference has, and for what is none
 */
export function hypervolume(losses: readonly Losses[], reference: Losses): number {
  requireArguments(volumeArguments, [losses, reference]);
  const index = losses.findIndex((point) => point.length !== reference.length);
  if (index < 0) return measure(losses, reference);
  const [field, limit, value] = [`losses[${index}]`, reference.length, losses[index]?.length ?? 0];
  const message = `${field} must have ${counted(limit, "number")}, as many as the reference has, got ${value}`;
  throw storeError("invalid_argument", message, { field, limit, value });
}

function measure(losses: readonly Losses[], reference: Losses): number {
  const within = losses.filter((point) => point.every((loss, i) => loss < (reference[i] as number)));
  const front = distinct(paretoFront(within).map((i) => within[i] as Losses));
  if (reference.length === 2) return sweep(front, reference);
  // Sorted by the last objective, worst first, so that the limited sets of later points soon are small.
  return wfg(
    [...front].sort((a, b) => (b.at(-1) ?? 0) - (a.at(-1) ?? 0)),
    reference,
  );
}

const distinct = (points: readonly Losses[]): readonly Losses[] =>
  points.filter((point, i) => !points.slice(0, i).some((other) => other.every((loss, k) => loss === point[k])));

function sweep(front: readonly Losses[], [right = 0, top = 0]: Losses): number {
  let area = 0;
  let ceiling = top;
  for (const [x = 0, y = 0] of [...front].sort((a, b) => (a[0] ?? 0) - (b[0] ?? 0))) {
    area += (right - x) * (ceiling - y);
    ceiling = y;
  }
  return area;
}

function wfg(front: readonly Losses[], reference: Losses): number {
  let volume = 0;
  for (const [i, point] of front.entries()) {
    const own = point.reduce((product, loss, k) => product * ((reference[k] as number) - loss), 1);
    const limited = front.slice(i + 1).map((other) => other.map((loss, k) => Math.max(loss, point[k] as number)));
    volume += own - (limited.length === 0 ? 0 : measure(limited, reference));
  }
  return volume;
}
