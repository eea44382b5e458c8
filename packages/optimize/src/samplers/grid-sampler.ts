import { parseSettings } from "../settings.ts";
import { encodePoint, isActive, type Point } from "../space/point.ts";
import type { Parameter } from "../space/space-layout.ts";
import type { Sampler, Suggestion } from "./sampler.ts";

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
  return {
    name: "grid",
    config,
    isExhaustive: true,
    suggest({ layout, trials, isAllowed }): Suggestion | undefined {
      const tried = new Set(trials.filter(({ state }) => state !== "waiting").map(({ point }) => keyOf(point)));
      for (const point of gridPoints(layout.parameters, pointsPerAxis)) {
        if (tried.has(keyOf(point))) continue;
        const unit = encodePoint(layout, point);
        if (unit !== undefined && isAllowed(unit)) return { unit };
      }
      return undefined;
    },
  };
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
