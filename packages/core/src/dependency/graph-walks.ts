import type { Dependency } from "./dependency.ts";
import type { DependencyGraph } from "./dependency-graph.ts";

/**
 * The cycle that an edge would close, from the variable back to itself, or `undefined` where it closes none. Looks only
 * at what lies between the two in height.
 */
export function cycleOf(graph: DependencyGraph, variable: string, dependsOn: string): string[] | undefined {
  if (variable === dependsOn) return [variable, variable];
  const lowest = graph.heightOf(variable);
  if (graph.heightOf(dependsOn) <= lowest) return undefined;
  const cameFrom = new Map<string, string>([[dependsOn, variable]]);
  const pending = [dependsOn];
  for (let at = pending.pop(); at !== undefined; at = pending.pop()) {
    for (const { dependsOn: next } of graph.dependenciesOf(at)) {
      if (next === variable) return pathTo(cameFrom, at, variable);
      if (cameFrom.has(next) || graph.heightOf(next) <= lowest) continue;
      cameFrom.set(next, at);
      pending.push(next);
    }
  }
  return undefined;
}

function pathTo(cameFrom: ReadonlyMap<string, string>, last: string, variable: string): string[] {
  const path = [variable];
  for (let at: string | undefined = last; at !== undefined && at !== variable; at = cameFrom.get(at)) path.push(at);
  return [...path, variable].reverse();
}

/** The greatest height that an edge would give to anything, for a limit to be held against. */
export function heightAfter(graph: DependencyGraph, variable: string, dependsOn: string): number {
  const heights = new Map<string, number>();
  let greatest = 0;
  const pending: [string, number][] = [[variable, graph.heightOf(dependsOn) + 1]];
  for (let next = pending.pop(); next !== undefined; next = pending.pop()) {
    const [at, height] = next;
    if (height <= (heights.get(at) ?? graph.heightOf(at))) continue;
    heights.set(at, height);
    greatest = Math.max(greatest, height);
    for (const dependent of graph.dependentsOf(at)) pending.push([dependent.variable, height + 1]);
  }
  return greatest;
}

/** The edges that are reached from a variable, nearest first, each once, with their distance in steps. */
export function* reachableFrom(
  start: string,
  stepsFrom: (variable: string) => Iterable<Dependency>,
  next: (dependency: Dependency) => string,
): Generator<{ readonly dependency: Dependency; readonly depth: number }> {
  const seen = new Set([start]);
  let ring = [start];
  for (let depth = 1; ring.length > 0; depth++) {
    const further: string[] = [];
    for (const at of ring) {
      for (const dependency of stepsFrom(at)) {
        yield { dependency, depth };
        const to = next(dependency);
        if (seen.has(to)) continue;
        seen.add(to);
        further.push(to);
      }
    }
    ring = further;
  }
}
