import { minimizeInSteps } from "../numeric/minimize-in-box.ts";
import { toCodedUnit } from "../space/point.ts";
import type { Axis, SpaceLayout } from "../space/space-layout.ts";
import type { Steps } from "../steps.ts";

/** A place, and how good it is; more is better. */
export interface Rated {
  readonly unit: Float64Array;
  readonly value: number;
}

/** A function of places to climb. */
export interface Hill {
  readonly layout: SpaceLayout;
  valueAt(unit: Float64Array): number;
  /** Gives the value and writes its slopes; those along axes with cells are not looked at. */
  slopesAt(unit: Float64Array, slopes: Float64Array): number;
  /** Says whether a place may be suggested. */
  isOpen(unit: Float64Array): boolean;
}

/** Rounds at most; few starts take more than two. */
const rounds = 4;
/** So many cells of an axis are all tried; of more, those at distances of powers of two. */
const fewCells = 16;

/**
 * Climbs from a place to one that no small change makes better: in turn along all continuous axes at once, by slopes, and
 * along each axis that has cells, from cell to cell. Which branch is taken stays as it is. Never gives a worse
 * place than the start, nor one that is not open.
 */
export function* climb(hill: Hill, start: Rated): Steps<Rated> {
  let now = start;
  for (let round = 0; round < rounds; round++) {
    const before = now;
    now = yield* along(hill, now);
    for (const [i, axis] of hill.layout.axes.entries()) now = yield* acrossCells(hill, now, { i, axis });
    if (now.value <= before.value + 1e-6) break;
  }
  return now;
}

/** The better of two places, the first unless the other one is open. */
const better = (hill: Hill, now: Rated, unit: Float64Array): Rated => {
  const value = hill.valueAt(unit);
  return value > now.value && hill.isOpen(unit) ? { unit, value } : now;
};

/** Climbs along the continuous axes, the others staying as they are. */
function* along(hill: Hill, from: Rated): Steps<Rated> {
  const { layout, slopesAt } = hill;
  const free = Array.from(from.unit.keys()).filter((i) => layout.axes[i]?.cells === 0 && !Number.isNaN(from.unit[i]));
  if (free.length === 0) return from;
  const unit = from.unit.slice();
  const slopes = new Float64Array(unit.length);
  const place = (x: Float64Array) => {
    for (const [k, i] of free.entries()) unit[i] = x[k] as number;
  };
  const descend = (x: Float64Array, gradient: Float64Array) => {
    place(x);
    const value = slopesAt(unit, slopes);
    for (const [k, i] of free.entries()) gradient[k] = -(slopes[i] as number);
    return -value;
  };
  const start = Float64Array.from(free, (i) => from.unit[i] as number);
  const box = { lower: start.map(() => 0), upper: start.map(() => 1) };
  place((yield* minimizeInSteps(descend, start, { ...box, steps: 40, tolerance: 1e-3 })).x);
  return better(hill, from, toCodedUnit(layout, unit));
}

interface AxisAt {
  readonly i: number;
  readonly axis: Axis;
}

/** Moves to the best cell of an axis, where it has cells and decides no branch. */
function* acrossCells(hill: Hill, from: Rated, { i, axis: { cells, parameter } }: AxisAt): Steps<Rated> {
  const x = from.unit[i] as number;
  if (cells < 2 || Number.isNaN(x) || parameter.space.kind === "conditional") return from;
  const at = Math.min(cells - 1, Math.floor(x * cells));
  let best = from;
  for (const cell of cellsAround(at, cells)) {
    yield;
    const unit = from.unit.slice();
    unit[i] = (cell + 0.5) / cells;
    best = better(hill, best, unit);
  }
  return best;
}

function cellsAround(at: number, cells: number): readonly number[] {
  if (cells <= fewCells) return Array.from({ length: cells }, (_, cell) => cell).filter((cell) => cell !== at);
  const around: number[] = [];
  for (let distance = 1; distance < cells; distance *= 2) around.push(at - distance, at + distance);
  return around.filter((cell) => cell >= 0 && cell < cells);
}
