import type { OptimizationStore } from "@trimtab/core";
import type { ForeignCalls } from "./foreign-calls.ts";

/**
 * Lets a principal optimize variables of its own sessions, and those of others that it may. An optimization of another
 * session's variables is called `<session>/<id>`.
 */
export const createGuardedOptimizations = ({
  route,
}: ForeignCalls): Pick<
  OptimizationStore,
  "startOptimization" | "renewLease" | "reportProgress" | "stopOptimization"
> => ({
  startOptimization: (session, refs, options) =>
    route({ session, refs, permissions: ["optimize"] }, (to) =>
      to.store.startOptimization(to.session, refs.map(to.strip), options),
    ),
  renewLease: (session, optimization, options) =>
    route({ session, refs: [optimization], permissions: ["optimize"] }, (to) =>
      to.store.renewLease(to.session, to.strip(optimization), options),
    ),
  reportProgress: (session, optimization, options) =>
    route({ session, refs: [optimization], permissions: ["optimize"] }, (to) =>
      to.store.reportProgress(to.session, to.strip(optimization), options),
    ),
  stopOptimization: (session, target, options) => {
    const ref = target.kind === "variable" ? target.ref : target.id;
    return route({ session, refs: [ref], permissions: ["optimize"] }, (to) => {
      const there = to.strip(ref);
      const inside = target.kind === "variable" ? ({ ...target, ref: there } as const) : { ...target, id: there };
      return to.store.stopOptimization(to.session, inside, options);
    });
  },
});
