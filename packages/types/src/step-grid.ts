/**
 * Makes the test whether a float lies on the grid `anchor + k * step` for a whole k.
 *
 * Decimal steps such as 0.1 are no binary fractions, so an exact remainder would refuse 0.7 on a grid of 0.1. A value
 * counts as on the grid when its distance to the nearest point is at most 4 * 2^-52 times the largest magnitude
 * involved: rounding the three literals and computing the point costs no more than 3 of those units. Values are never
 * moved to the grid. Where steps are finer than the spacing of floats around a value, every value is on the grid.
 */
export function createStepGrid(step: number, anchor: number): (value: number) => boolean {
  const unit = 4 * Number.EPSILON;
  return (value) => {
    const offset = value - anchor;
    const point = Math.round(offset / step) * step;
    const scale = Math.max(Math.abs(value), Math.abs(anchor), Math.abs(point));
    return Math.abs(point - offset) <= unit * scale;
  };
}
