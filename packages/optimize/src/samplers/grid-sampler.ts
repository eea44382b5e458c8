import { parseSettings } from "../settings.ts";
import { decodePoint, encodePoint, isActive, type Point } from "../space/point.ts";
import type { Parameter, SpaceLayout } from "../space/space-layout.ts";
import { keepFold } from "../study/keep-fold.ts";
import type { Sampler, SamplerRequest, Suggestion } from "./sampler.ts";

/** How fine a grid is. */
export interface GridOptions {
  /** Points on an axis that is continuous or tells more values apart; 2 to 10 000, and 5 unless given. */
  readonly pointsPerAxis?: number;
}

/**
 * Tries every point of a grid once, the last parameter moving fastest, and then has no more to suggest. Ranges with few
 * values are tried in full, choices always; the parameters of a branch are tried only where that branch is taken.
 *
 * @throws StoreError `invalid_argument` for fewer than 2 points per axis
 */
export function createGridSampler(options: GridOptions = {}): Sampler {
  const config = parseSettings({ pointsPerAxis: { initial: 5, min: 2, max: 10_000 } }, options);
  const { pointsPerAxis } = config;
  const fold = keepFold({
    keyOf: ({ layout }: Gridded) => layout,
    begin: ({ layout }): Walk => ({ tried: new Set(), left: [], rest: gridPoints(layout.parameters, pointsPerAxis) }),
    add: ({ tried }, { point }) => void tried.add(keyOf(point)),
  });
  return {
    name: "grid",
    config,
    isExhaustive: true,
    suggest({ layout, table, isAllowed }): Suggestion | undefined {
      const running = new Set(Array.from(table.running.values(), ({ point }) => keyOf(point)));
      for (const { key, unit } of untried(fold({ layout, table }), layout)) {
        if (!running.has(key) && isAllowed(unit)) return { unit };
      }
      return undefined;
    },
  };
}

type Gridded = Pick<SamplerRequest, "layout" | "table">;

/** How far a grid has been gone through. */
interface Walk {
  readonly tried: Set<string>;
  /** Points that were passed and not tried: those under way, and those that rules have refused. */
  left: GridPoint[];
  readonly rest: Iterator<Point>;
}

interface GridPoint {
  readonly key: string;
  readonly unit: Float64Array;
}

/** The points that no trial which has ended has tried, in order; goes on where it was the last time, once past what was left. */
function* untried(walk: Walk, layout: SpaceLayout): Generator<GridPoint> {
  walk.left = walk.left.filter(({ key }) => !walk.tried.has(key));
  yield* walk.left;
  for (let next = walk.rest.next(); !next.done; next = walk.rest.next()) {
    const unit = encodePoint(layout, next.value);
    if (unit === undefined) continue;
    // What is tried is the point of that place, which among very many differs from the one that has led there.
    const key = keyOf(decodePoint(layout, unit));
    if (walk.tried.has(key)) continue;
    walk.left.push({ key, unit });
    yield { key, unit };
  }
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
