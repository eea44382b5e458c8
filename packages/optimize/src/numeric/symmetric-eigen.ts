/** A = B diag(values) Bᵀ with orthonormal columns in B. */
export interface Eigen {
  /** Eigenvalues, in no order. */
  readonly values: Float64Array;
  /** `n * n` numbers, row by row; column `j` belongs to `values[j]`. */
  readonly vectors: Float64Array;
}

/**
 * Takes a symmetric matrix apart by cyclic Jacobi rotations (Golub and Van Loan, "Matrix Computations", 4th ed.,
 * section 8.5), which finds small eigenvalues to high relative accuracy.
 *
 * @param matrix - `n * n` numbers, row by row; not changed
 */
export function symmetricEigen(matrix: Float64Array, n: number): Eigen {
  const a = matrix.slice();
  const vectors = new Float64Array(n * n);
  for (let i = 0; i < n; i++) vectors[i * n + i] = 1;
  // Convergence is quadratic: ten sweeps reach the precision of floats, thirty are never used up.
  for (let sweep = 0; sweep < 30 && offDiagonal(a, n) > 0; sweep++) {
    for (let p = 0; p < n - 1; p++) for (let q = p + 1; q < n; q++) rotate({ a, vectors, n }, p, q);
  }
  return { values: Float64Array.from({ length: n }, (_, i) => a[i * n + i] as number), vectors };
}

/** Sum of squares beside the diagonal that still counts beside the diagonal itself. */
function offDiagonal(a: Float64Array, n: number): number {
  let off = 0;
  let on = 0;
  for (let i = 0; i < n; i++) {
    on += (a[i * n + i] as number) ** 2;
    for (let j = 0; j < i; j++) off += (a[i * n + j] as number) ** 2;
  }
  return off > 1e-32 * on ? off : 0;
}

interface Work {
  readonly a: Float64Array;
  readonly vectors: Float64Array;
  readonly n: number;
}

/** Makes a[p, q] zero by a rotation in the plane of p and q (op. cit., algorithm 8.5.1). */
function rotate({ a, vectors, n }: Work, p: number, q: number): void {
  const apq = a[p * n + q] as number;
  if (apq === 0) return;
  const tau = ((a[q * n + q] as number) - (a[p * n + p] as number)) / (2 * apq);
  const t = (tau >= 0 ? 1 : -1) / (Math.abs(tau) + Math.hypot(1, tau));
  const c = 1 / Math.hypot(1, t);
  const s = t * c;
  for (let k = 0; k < n; k++) turn(a, k * n + p, k * n + q, c, s);
  for (let k = 0; k < n; k++) turn(a, p * n + k, q * n + k, c, s);
  for (let k = 0; k < n; k++) turn(vectors, k * n + p, k * n + q, c, s);
}

function turn(matrix: Float64Array, at: number, and: number, c: number, s: number): void {
  const x = matrix[at] as number;
  const y = matrix[and] as number;
  matrix[at] = c * x - s * y;
  matrix[and] = s * x + c * y;
}
