import { parseSettings } from "../settings.ts";
import { decodePoint, encodePoint, isActive, type Point } from "../space/point.ts";
import type { Parameter, SpaceLayout } from "../space/space-layout.ts";
import { keepFold } from "../study/keep-fold.ts";
import type { Trial } from "../study/trial.ts";
import type { TrialTable } from "../study/trial-table.ts";
import type { Sampler, SamplerRequest, Suggestion } from "./sampler.ts";

/** How fine a grid is. */
export interface GridOptions {
  /** Points on an axis that is continuous or tells more values apart; 2 to 10 000, and 5 unless given. */
  readonly pointsPerAxis?: number;
}

/**
 * Tries every point of a grid once, the last parameter moving fastest, and then has no more to suggest. Ranges with few
 * values are tried in full, choices always; the parameters of a branch are tried only where that branch is taken. What the rules
 * refuse when its turn comes is passed for good.
 *
 * @throws StoreError `invalid_argument` for fewer than 2 points per axis
 */
export function createGridSampler(options: GridOptions = {}): Sampler {
  const config = parseSettings({ pointsPerAxis: { initial: 5, min: 2, max: 10_000 } }, options);
  const { pointsPerAxis } = config;
  const fold = keepFold({
    keyOf: ({ layout }: Gridded) => layout,
    begin: (): Gone => ({ tried: new Set(), last: -1 }),
    add(gone, trial, { spaceVersion }) {
      gone.tried.add(keyOf(trial.point));
      gone.last = Math.max(gone.last, indexOf(trial, spaceVersion));
    },
  });
  const walks = new WeakMap<SpaceLayout, Walk>();
  return {
    name: "grid",
    config,
    isExhaustive: true,
    suggest(request): Suggestion | undefined {
      const { layout, table, spaceVersion, attempt } = request;
      let walk = walks.get(layout);
      if (walk?.table !== table) {
        walk = goOn(walk, request, { ...fold(request), begin: () => gridPoints(layout.parameters, pointsPerAxis) });
        walks.set(layout, walk);
      }
      // Those of the attempts before are what the rules have refused.
      const point = untriedAt(walk, attempt);
      return point && { unit: point.unit, note: { space: spaceVersion, index: point.index } };
    },
  };
}

type Gridded = Pick<SamplerRequest, "layout" | "table" | "spaceVersion">;

/** What of a grid the trials that have ended have gone through. */
interface Gone {
  readonly tried: Set<string>;
  /** The last point that was tried as one of the grid; -1 before. */
  last: number;
}

/** Which point of the grid a trial has tried; -1 where it is of another space, or was not suggested. */
const indexOf = ({ note }: Trial, spaceVersion: number): number =>
  note?.["space"] === spaceVersion ? Number(note["index"]) : -1;

interface GridPoint {
  readonly index: number;
  readonly key: string;
  readonly unit: Float64Array;
}

/** The part of a grid that is ahead of some trials. */
interface Walk {
  readonly table: TrialTable;
  /** The last point that they have tried as one of the grid. */
  readonly last: number;
  readonly isTried: (point: GridPoint) => boolean;
  /** Points from the next one on, as far as they were looked at: what the rules refuse is looked at again after other trials. */
  readonly seen: GridPoint[];
  /** Those of them that no trial has tried, and how many were looked at to find them. */
  readonly untried: GridPoint[];
  lookedAt: number;
  readonly rest: Iterator<GridPoint>;
}

/** Goes on with a walk from where trials have come to; begins anew where it is past that. */
function goOn(
  before: Walk | undefined,
  { layout, table, spaceVersion }: Gridded,
  { tried, last: lastEnded, begin }: Gone & { readonly begin: () => Iterable<Point> },
): Walk {
  const running = [...table.running.values()];
  const last = running.reduce((most, trial) => Math.max(most, indexOf(trial, spaceVersion)), lastEnded);
  const taken = new Set(Array.from(running, ({ point }) => keyOf(point)));
  const { seen, rest } =
    before !== undefined && before.last <= last ? before : { seen: [], rest: numbered(begin(), layout) };
  const isTried = ({ key }: GridPoint) => tried.has(key) || taken.has(key);
  const ahead = seen.filter(({ index }) => index > last);
  return { table, last, isTried, seen: ahead, untried: [], lookedAt: 0, rest };
}

/** The points of a grid that lie within the space, with their numbers. */
function* numbered(points: Iterable<Point>, layout: SpaceLayout): Generator<GridPoint> {
  let index = 0;
  for (const point of points) {
    const unit = encodePoint(layout, point);
    // What is tried is the point of that place, which among very many differs from the one that has led there.
    if (unit !== undefined) yield { index: index++, key: keyOf(decodePoint(layout, unit)), unit };
  }
}

/** One of the points ahead that no trial has tried, by its place among them. */
function untriedAt(walk: Walk, place: number): GridPoint | undefined {
  const { seen, untried, rest, last, isTried } = walk;
  while (untried.length <= place) {
    if (walk.lookedAt === seen.length) {
      const next = rest.next();
      if (next.done) return undefined;
      if (next.value.index <= last) continue;
      seen.push(next.value);
    }
    const point = seen[walk.lookedAt++] as GridPoint;
    if (!isTried(point)) untried.push(point);
  }
  return untried[place];
}

const keyOf = (point: Point): string =>
  JSON.stringify(
    Object.keys(point)
      .sort()
      .map((path) => [path, point[path]]),
    (_, value) => (typeof value === "bigint" ? `${value}n` : value),
  );

/** Every point of the grid, in order. */
function* gridPoints(
  parameters: readonly Parameter[],
  pointsPerAxis: number,
  from = 0,
  point: Point = {},
): Generator<Point> {
  const parameter = parameters[from];
  if (parameter === undefined) yield point;
  else if (!isActive(parameter, point)) yield* gridPoints(parameters, pointsPerAxis, from + 1, point);
  else {
    for (const unit of gridUnits(parameter, pointsPerAxis)) {
      const value = parameter.codec.decode(unit, 0);
      yield* gridPoints(parameters, pointsPerAxis, from + 1, { ...point, [parameter.path]: value });
    }
  }
}

/** The grid along one parameter; the same array is written again for each. */
function* gridUnits(
  { codec: { width, cells, isCategorical } }: Parameter,
  pointsPerAxis: number,
): Generator<Float64Array> {
  const count = cells > 0 && (isCategorical || cells <= pointsPerAxis) ? cells : pointsPerAxis;
  const place = (index: number) =>
    cells === 0 ? index / (count - 1) : (Math.round((index * (cells - 1)) / Math.max(1, count - 1)) + 0.5) / cells;
  const indices = new Int32Array(width);
  const unit = new Float64Array(width);
  while (true) {
    for (let i = 0; i < width; i++) unit[i] = place(indices[i] as number);
    yield unit;
    let axis = width - 1;
    while (axis >= 0 && (indices[axis] as number) === count - 1) indices[axis--] = 0;
    if (axis < 0) return;
    indices[axis] = (indices[axis] as number) + 1;
  }
}
