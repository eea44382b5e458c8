import type { Crowd, Follower } from "../dependency/dependency-graph.ts";

/** What has caused variables to be looked at again. */
export interface Visit {
  readonly members: readonly Follower[];
  /** Ids of the dependencies whose values are new, the first of which leads to the root. */
  readonly causes: readonly string[];
}

/** Gives out variables from the lowest height up, each once. What is added is higher than what was given out last. */
export interface HeightQueue {
  /** Adds variables, or more causes where one was added before. A crowd that `isOnce` never is, and costs less. */
  add(crowd: Crowd, why: { causes: readonly string[]; isOnce: boolean }): void;
  /** The next visit. */
  next(): Visit | undefined;
}

interface Arrival extends Visit {
  /** Those that it was added with belong to whoever added it. */
  causes: readonly string[];
  own: string[] | undefined;
}

/** Makes an empty queue. */
export function createHeightQueue(): HeightQueue {
  const byHeight: Arrival[][] = [];
  const queued = new Map<string, Arrival>();
  let height = 0;
  let at = 0;
  return {
    add({ height: atHeight, members }, { causes, isOnce }) {
      const id = members[0]?.id ?? "";
      const before = isOnce ? undefined : queued.get(id);
      if (before !== undefined) {
        before.own ??= [...before.causes];
        before.own.push(...causes);
        before.causes = before.own;
        return;
      }
      const arrival: Arrival = { members, causes, own: undefined };
      byHeight[atHeight] ??= [];
      byHeight[atHeight].push(arrival);
      if (!isOnce) queued.set(id, arrival);
    },
    next() {
      for (; height < byHeight.length; height++, at = 0) {
        const arrival = byHeight[height]?.[at++];
        if (arrival !== undefined) return arrival;
      }
      return undefined;
    },
  };
}
