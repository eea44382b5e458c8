/**
 * Factors a symmetric positive definite matrix A = L Lᵀ in place (Golub and Van Loan, "Matrix Computations", 4th ed.,
 * section 4.2): the lower triangle becomes L, the upper one is left as it was.
 *
 * @param a - `n * n` numbers, row by row; only the lower triangle is read
 * @returns whether A was positive definite; where it was not, `a` is of no use any more
 */
export function factorCholesky(a: Float64Array, n: number): boolean {
  for (let row = 0; row < n; row++) if (!factorRow(a, n, row)) return false;
  return true;
}

/** Does one row of that, all above it being done. */
export function factorRow(a: Float64Array, n: number, row: number): boolean {
  const r = row * n;
  for (let column = 0; column <= row; column++) {
    const c = column * n;
    let sum = a[r + column] as number;
    for (let k = 0; k < column; k++) sum -= (a[r + k] as number) * (a[c + k] as number);
    if (column < row) a[r + column] = sum / (a[c + column] as number);
    else if (sum > 0) a[r + row] = Math.sqrt(sum);
    else return false;
  }
  return true;
}

/** Solves L x = b in place, for the lower triangle L of `l`. */
export function solveLower(l: Float64Array, n: number, b: Float64Array): Float64Array {
  for (let row = 0; row < n; row++) {
    let sum = b[row] as number;
    for (let k = 0; k < row; k++) sum -= (l[row * n + k] as number) * (b[k] as number);
    b[row] = sum / (l[row * n + row] as number);
  }
  return b;
}

/** Solves Lᵀ x = b in place, for the lower triangle L of `l`. */
export function solveUpper(l: Float64Array, n: number, b: Float64Array): Float64Array {
  for (let row = n - 1; row >= 0; row--) {
    const value = (b[row] as number) / (l[row * n + row] as number);
    b[row] = value;
    for (let k = 0; k < row; k++) b[k] = (b[k] as number) - (l[row * n + k] as number) * value;
  }
  return b;
}

/** The inverse of A = L Lᵀ from its factor, both triangles. */
export function invertFactored(l: Float64Array, n: number): Float64Array {
  const lower = invertLower(l, n);
  const inverse = new Float64Array(n * n);
  // A⁻¹ = L⁻ᵀ L⁻¹, summed row by row of L⁻¹ so that memory is read in order.
  for (let k = 0; k < n; k++) {
    for (let i = 0; i <= k; i++) {
      const factor = lower[k * n + i] as number;
      for (let j = 0; j <= i; j++) {
        inverse[i * n + j] = (inverse[i * n + j] as number) + factor * (lower[k * n + j] as number);
      }
    }
  }
  for (let i = 0; i < n; i++) for (let j = 0; j < i; j++) inverse[j * n + i] = inverse[i * n + j] as number;
  return inverse;
}

function invertLower(l: Float64Array, n: number): Float64Array {
  const inverse = new Float64Array(n * n);
  for (let row = 0; row < n; row++) {
    const diagonal = l[row * n + row] as number;
    for (let k = 0; k < row; k++) {
      const factor = (l[row * n + k] as number) / diagonal;
      for (let j = 0; j <= k; j++) {
        inverse[row * n + j] = (inverse[row * n + j] as number) - factor * (inverse[k * n + j] as number);
      }
    }
    inverse[row * n + row] = 1 / diagonal;
  }
  return inverse;
}
