import type { Variable } from "../variable.ts";
import type { DerivedSlot } from "../variable-table.ts";

/** What has caused one variable to be looked at again. */
export interface Visit {
  /** The variable, or where it is kept. */
  readonly target: Variable | DerivedSlot;
  /** Others depend on it. */
  readonly isFollowed: boolean;
  /** Ids of the dependencies whose values are new, the first of which leads to the root. */
  readonly causes: readonly string[];
}

/** Gives out variables from the lowest height up, each once. What is added is higher than what was given out last. */
export interface HeightQueue {
  /** Adds a variable, or more causes where it was added before. One that `isOnce` never is, and costs less. */
  add(target: Visit["target"], why: Arrival): void;
  next(): Visit | undefined;
}

/** Why and where a variable is added. */
interface Arrival extends Pick<Visit, "causes" | "isFollowed"> {
  readonly height: number;
  readonly isOnce: boolean;
}

interface OwnVisit extends Visit {
  /** Those that it was added with belong to whoever added it. */
  causes: readonly string[];
  own: string[] | undefined;
}

/** Makes an empty queue. */
export function createHeightQueue(): HeightQueue {
  const byHeight: Visit[][] = [];
  const queued = new Map<string, OwnVisit>();
  let height = 0;
  let at = 0;
  const push = (visit: OwnVisit, atHeight: number): OwnVisit => {
    byHeight[atHeight] ??= [];
    byHeight[atHeight].push(visit);
    return visit;
  };
  return {
    add(target, { height: atHeight, causes, isFollowed, isOnce }) {
      const before = isOnce ? undefined : queued.get(target.id);
      if (before !== undefined) {
        before.own ??= [...before.causes];
        before.own.push(...causes);
        before.causes = before.own;
        return;
      }
      const visit = push({ target, causes, isFollowed, own: undefined }, atHeight);
      if (!isOnce) queued.set(target.id, visit);
    },
    next() {
      for (; height < byHeight.length; height++, at = 0) {
        const visit = byHeight[height]?.[at];
        if (visit === undefined) continue;
        at++;
        return visit;
      }
      return undefined;
    },
  };
}
