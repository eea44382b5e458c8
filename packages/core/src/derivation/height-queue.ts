import type { Crowd, Follower } from "../dependency/dependency-graph.ts";

/** What has caused one variable to be looked at again. */
export interface Visit {
  readonly follower: Follower;
  /** Ids of the dependencies whose values are new, the first of which leads to the root. */
  readonly causes: readonly string[];
}

/** Gives out variables from the lowest height up, each once. What is added is higher than what was given out last. */
export interface HeightQueue {
  /** Adds variables, or more causes where one was added before. A crowd that `isOnce` never is, and costs less. */
  add(crowd: Crowd, why: { causes: readonly string[]; isOnce: boolean }): void;
  /** The next visit, which is over when the one after it is asked for. */
  next(): Visit | undefined;
}

interface Arrival {
  readonly members: readonly Follower[];
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
  let member = 0;
  // One for all: a crowd may have thousands of members.
  let visit: { -readonly [K in keyof Visit]: Visit[K] } | undefined;
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
        for (let arrival = byHeight[height]?.[at]; arrival !== undefined; arrival = byHeight[height]?.[++at]) {
          const follower = arrival.members[member++];
          if (follower === undefined) {
            member = 0;
            continue;
          }
          if (visit === undefined) visit = { follower, causes: arrival.causes };
          visit.follower = follower;
          visit.causes = arrival.causes;
          return visit;
        }
      }
      return undefined;
    },
  };
}
