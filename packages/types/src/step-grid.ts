/**
 * Makes the test whether a float lies on the grid `anchor + k * step` for a whole k.
 *
 * Decimal steps such as 0.1 are no binary fractions, so an exact remainder would refuse 0.7 on a grid of 0.1. A value
 * counts as on the grid when its distance to the nearest point is at most 4 * 2^-52 times the largest magnitude
 * involved: rounding the three literals and computing the point costs no more than 3 of those units. Values are never
 * moved to the grid. Where steps are finer than the spacing of floats around a value, every value is on the grid.
 */
export function createStepGrid(step: number, anchor: number): (value: number) => boolean {
  return (value) =>
    Number.isFinite(value - anchor)
      ? isNearPoint(value, step, anchor)
      : // The distance of the two is beyond what a float holds; that of their quarters is not.
        isNearPoint(value / 4, step / 4, anchor / 4);
}

function isNearPoint(value: number, step: number, anchor: number): boolean {
  const offset = value - anchor;
  const steps = offset / step;
  if (!Number.isFinite(steps)) return true;
  const point = Math.round(steps) * step;
  const scale = Math.max(Math.abs(value), Math.abs(anchor), Math.abs(point));
  return Math.abs(point - offset) <= 4 * Number.EPSILON * scale;
}
