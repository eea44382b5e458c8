import { type Steps, withoutPause } from "../steps.ts";

/** A function to minimise: gives its value and writes its gradient. */
export type Differentiable = (x: Float64Array, gradient: Float64Array) => number;

/** Where to search and how long. */
export interface BoxOptions {
  readonly lower: Float64Array;
  readonly upper: Float64Array;
  /** Steps at most. */
  readonly steps: number;
  /** Ends once no component of the projected gradient is larger; 1e-6 unless given. */
  readonly tolerance?: number;
}

/** What was found. */
export interface Minimum {
  readonly x: Float64Array;
  readonly value: number;
}

const memory = 8;

/**
 * Minimises a smooth function within a box, from `start`, which is moved into it. Never gives a point worse than the
 * start. Where the function is not finite it is taken as a wall.
 *
 * Projected quasi-Newton: components held by a bound are left out, the rest take the direction of L-BFGS (Nocedal and
 * Wright, "Numerical Optimization", 2nd ed., algorithm 7.4) along the projected path, with Armijo's rule for its length
 * (Bertsekas, "Projected Newton methods for optimization problems with simple constraints", 1982).
 */
export const minimizeInBox = (f: Differentiable, start: Float64Array, options: BoxOptions): Minimum =>
  withoutPause(minimizeInSteps(f, start, options));

/** Does what {@link minimizeInBox} does with a pause before each step. */
export function* minimizeInSteps(f: Differentiable, start: Float64Array, options: BoxOptions): Steps<Minimum> {
  const { steps, tolerance = 1e-6 } = options;
  let x = start.map((_, i) => clamp(start, i, options));
  let gradient = new Float64Array(x.length);
  let value = f(x, gradient);
  let pairs: Pair[] = [];
  for (let step = 0; step < steps; step++) {
    yield;
    const free = freeComponents(x, gradient, options);
    if (largest(free) <= tolerance) break;
    const next = search(f, { x, value, gradient, free, direction: descent(free, pairs) }, options);
    if (next === undefined) {
      // A curvature that has misled is forgotten once; the plain gradient that fails too is the end.
      if (pairs.length === 0) break;
      pairs = [];
      continue;
    }
    const pair = toPair(next, x, gradient);
    if (pair !== undefined) pairs = [...pairs.slice(1 - memory), pair];
    ({ x, gradient, value } = next);
  }
  return { x, value };
}

/** A step and the change of the gradient along it. */
interface Pair {
  readonly step: Float64Array;
  readonly change: Float64Array;
  readonly curvature: number;
}

interface Place {
  readonly x: Float64Array<ArrayBuffer>;
  readonly value: number;
  readonly gradient: Float64Array<ArrayBuffer>;
}

const clamp = (x: Float64Array, i: number, { lower, upper }: BoxOptions): number =>
  Math.min(upper[i] as number, Math.max(lower[i] as number, x[i] as number));

/** The gradient, without the components that would leave the box. */
const freeComponents = (x: Float64Array, gradient: Float64Array, { lower, upper }: BoxOptions): Float64Array =>
  gradient.map((slope, i) => {
    const at = x[i] as number;
    return (at <= (lower[i] as number) && slope > 0) || (at >= (upper[i] as number) && slope < 0) ? 0 : slope;
  });

const largest = (x: Float64Array): number => x.reduce((most, each) => Math.max(most, Math.abs(each)), 0);

const dot = (a: Float64Array, b: Float64Array): number => {
  let sum = 0;
  for (let i = 0; i < a.length; i++) sum += (a[i] as number) * (b[i] as number);
  return sum;
};

/** The two-loop recursion of L-BFGS; falls back on the gradient where that does not go down. */
function descent(free: Float64Array, pairs: readonly Pair[]): Float64Array {
  const direction = free.map((slope) => -slope);
  const last = pairs.at(-1);
  if (last === undefined) {
    const scale = 1 / Math.max(1, Math.sqrt(dot(free, free)));
    return direction.map((each) => each * scale);
  }
  const weights = pairs.map(() => 0);
  for (let i = pairs.length - 1; i >= 0; i--) {
    const { step, change, curvature } = pairs[i] as Pair;
    const weight = dot(step, direction) / curvature;
    weights[i] = weight;
    for (let k = 0; k < direction.length; k++) direction[k] = (direction[k] as number) - weight * (change[k] as number);
  }
  const scale = last.curvature / dot(last.change, last.change);
  for (let k = 0; k < direction.length; k++) direction[k] = (direction[k] as number) * scale;
  for (let i = 0; i < pairs.length; i++) {
    const { step, change, curvature } = pairs[i] as Pair;
    const weight = (weights[i] as number) - dot(change, direction) / curvature;
    for (let k = 0; k < direction.length; k++) direction[k] = (direction[k] as number) + weight * (step[k] as number);
  }
  const held = direction.map((each, i) => (free[i] === 0 ? 0 : each));
  return dot(held, free) < 0 ? held : free.map((slope) => -slope);
}

function search(
  f: Differentiable,
  from: Place & { readonly free: Float64Array; readonly direction: Float64Array },
  options: BoxOptions,
): Place | undefined {
  for (let length = 1, tries = 0; tries < 20; tries++, length /= 2) {
    const moved = from.x.map((each, i) => each + length * (from.direction[i] as number));
    const x = moved.map((_, i) => clamp(moved, i, options));
    const gradient = new Float64Array(x.length);
    const value = f(x, gradient);
    const promised = dot(
      from.gradient,
      x.map((each, i) => each - (from.x[i] as number)),
    );
    if (Number.isFinite(value) && promised < 0 && value <= from.value + 1e-4 * promised) return { x, value, gradient };
  }
  return undefined;
}

function toPair(next: Place, x: Float64Array, gradient: Float64Array): Pair | undefined {
  const step = next.x.map((each, i) => each - (x[i] as number));
  const change = next.gradient.map((each, i) => each - (gradient[i] as number));
  const curvature = dot(step, change);
  return curvature > 1e-12 * dot(change, change) ? { step, change, curvature } : undefined;
}
