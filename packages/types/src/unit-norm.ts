/** Sums of squares between these bounds are far from overflow and from where small squares lose digits. */
const safeSquares = { min: 2 ** -900, max: 2 ** 1000 };

/**
 * Divides a vector by its L2 norm, in place. A zero vector stays as it is. No component overflows or vanishes on the way, however large or small: outside the safe range the
 * components are first divided by the largest.
 *
 * @param sumOfSquares - of the components, as far as it can be computed; it may have overflowed or underflowed
 */
export function scaleToUnit(vector: Float64Array, sumOfSquares: number): void {
  if (sumOfSquares >= safeSquares.min && sumOfSquares <= safeSquares.max) {
    divide(vector, Math.sqrt(sumOfSquares));
    return;
  }
  let largest = 0;
  for (const component of vector) largest = Math.max(largest, Math.abs(component));
  if (largest === 0) return;
  divide(vector, largest);
  let sum = 0;
  for (const component of vector) sum += component * component;
  divide(vector, Math.sqrt(sum));
}

function divide(vector: Float64Array, divisor: number): void {
  for (let i = 0; i < vector.length; i++) vector[i] = (vector[i] as number) / divisor;
}
