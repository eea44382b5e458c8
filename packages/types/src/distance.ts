import { storeError } from "@trimtab/core";

/** How the distance of two embeddings is measured; see {@link distance}. */
export const distanceMetrics = ["cosine", "euclidean", "dot", "manhattan"] as const;

/** One of {@link distanceMetrics}. */
export type DistanceMetric = (typeof distanceMetrics)[number];

/** A metric by any name that it is known by: `l2` is `euclidean`, `l1` is `manhattan`. */
export type DistanceMetricName = DistanceMetric | "l2" | "l1";

/** Which metric each name means. */
export const metricsByName: Readonly<Record<DistanceMetricName, DistanceMetric>> = {
  cosine: "cosine",
  euclidean: "euclidean",
  dot: "dot",
  manhattan: "manhattan",
  l2: "euclidean",
  l1: "manhattan",
};

/** Says whether a metric is known by a name. */
export const isMetricName = (name: unknown): name is DistanceMetricName =>
  typeof name === "string" && Object.hasOwn(metricsByName, name);

/** Which names there are, for the refusal of another. */
export const metricNames = `must be one of: ${Object.keys(metricsByName).join(", ")}`;

/** A vector to measure: any array or typed array of numbers. */
export type Vector = ArrayLike<number>;

/**
 * Measures how far apart two vectors are; smaller is nearer for every metric.
 *
 * - `cosine`: 1 minus the cosine of the angle, from 0 (same direction) to 2 (opposite). Two zero vectors are 0 apart,
 *   a zero vector and any other 1.
 * - `euclidean`, or `l2`: the L2 norm of the difference. `manhattan`, or `l1`: its L1 norm.
 * - `dot`: the inner product, negated so that more alike is smaller; it can be negative and is no metric proper.
 *
 * @throws StoreError `invalid_argument` for vectors of different dimensions and for an unknown metric
 */
export function distance(a: Vector, b: Vector, metric: DistanceMetricName = "cosine"): number {
  if (!isMetricName(metric)) throw storeError("invalid_argument", `metric ${metricNames}`, { field: "metric" });
  if (a.length !== b.length) {
    const message = `cannot compare vectors of ${a.length} and ${b.length} dimensions`;
    throw storeError("invalid_argument", message, { field: "b", limit: a.length, value: b.length });
  }
  switch (metricsByName[metric]) {
    case "cosine":
      return cosineDistance(a, b);
    case "euclidean":
      return norm(difference(a, b));
    case "dot":
      return 0 - innerProduct(a, b, 1);
    case "manhattan":
      return manhattan(a, b);
  }
}

function cosineDistance(a: Vector, b: Vector): number {
  const [normA, normB] = [norm(a), norm(b)];
  if (normA === 0 || normB === 0) return normA === normB ? 0 : 1;
  // Dividing the components first keeps large and small vectors from overflowing the product.
  const cosine = isSafe(normA) && isSafe(normB) ? innerProduct(a, b, normA * normB) : scaledCosine(a, b);
  return Math.min(2, Math.max(0, 1 - cosine));
}

const isSafe = (norm: number): boolean => norm > 1e-140 && norm < 1e140;

function scaledCosine(a: Vector, b: Vector): number {
  const [scaledA, scaledB] = [scaled(a), scaled(b)];
  return innerProduct(scaledA, scaledB, norm(scaledA) * norm(scaledB));
}

function innerProduct(a: Vector, b: Vector, divisor: number): number {
  let sum = 0;
  for (let i = 0; i < a.length; i++) sum += (a[i] as number) * (b[i] as number);
  return sum / divisor;
}

function difference(a: Vector, b: Vector): Float64Array {
  const result = new Float64Array(a.length);
  for (let i = 0; i < a.length; i++) result[i] = (a[i] as number) - (b[i] as number);
  return result;
}

function manhattan(a: Vector, b: Vector): number {
  let sum = 0;
  for (let i = 0; i < a.length; i++) sum += Math.abs((a[i] as number) - (b[i] as number));
  return sum;
}

function norm(vector: Vector): number {
  const plain = Math.sqrt(innerProduct(vector, vector, 1));
  if (isSafe(plain)) return plain;
  const most = largest(vector);
  if (most === 0 || most === Infinity) return most;
  const small = scaled(vector);
  return Math.sqrt(innerProduct(small, small, 1)) * most;
}

function largest(vector: Vector): number {
  let most = 0;
  for (let i = 0; i < vector.length; i++) most = Math.max(most, Math.abs(vector[i] as number));
  return most;
}

/** The vector divided by its largest component, so that the largest is 1. */
function scaled(vector: Vector): Float64Array {
  const most = largest(vector);
  return Float64Array.from(vector, (component) => component / most);
}
