import { elementCount } from "@trimtab/core";

/** Numbers in lists nested as deep as the array has dimensions; a scalar is the number itself. */
export type NestedList<T = number | bigint | boolean> = T | readonly NestedList<T>[];

/**
 * How deep lists are nested that hold exactly what a shape demands: 1 for one flat list of all elements, otherwise the
 * number of dimensions; `undefined` where they agree with the shape neither way. Looks at the lists and not at the
 * elements, and takes no memory, so it can stand before any allocation.
 */
export function nestingOf(data: unknown, shape: readonly number[]): number | undefined {
  if (Array.isArray(data) && !Array.isArray(data[0]) && data.length === elementCount(shape)) return 1;
  return matchesNested(data, shape, 0) ? shape.length : undefined;
}

function matchesNested(data: unknown, shape: readonly number[], axis: number): boolean {
  // Holes end the walk, since a list of nothing but holes can be of any length.
  if (axis === shape.length) return !Array.isArray(data) && data !== undefined;
  if (!Array.isArray(data) || data.length !== shape[axis]) return false;
  for (let i = 0; i < data.length; i++) if (!matchesNested(data[i], shape, axis + 1)) return false;
  return true;
}

/**
 * Visits the elements of lists nested `depth` deep in row-major order until `visit` returns `false`.
 *
 * @returns whether every element was visited and taken
 */
export function everyElement(
  data: unknown,
  depth: number,
  visit: (element: unknown, index: number) => boolean,
): boolean {
  let index = 0;
  const walk = (item: unknown, level: number): boolean => {
    if (level === 0 || !Array.isArray(item)) return visit(item, index++);
    for (let i = 0; i < item.length; i++) if (!walk(item[i], level - 1)) return false;
    return true;
  };
  return walk(data, depth);
}

/** The extents of nested lists, judged by the first list at each level. */
export function shapeOf(data: unknown): number[] {
  const shape: number[] = [];
  for (let level = data; Array.isArray(level); level = level[0]) shape.push(level.length);
  return shape;
}

/** Nests a flat run of elements by a shape. */
export function nest<T>(shape: readonly number[], element: (index: number) => T): NestedList<T> {
  let index = 0;
  const level = (axis: number): NestedList<T> =>
    axis === shape.length ? element(index++) : Array.from({ length: shape[axis] as number }, () => level(axis + 1));
  return level(0);
}
