import type { OptimizationStore } from "@trimtab/core";
import type { Sessions } from "../sessions.ts";
import type { ForeignCalls } from "./foreign-calls.ts";

/**
 * Lets a principal optimize variables of its own sessions, and those of others that it may. An optimization of another
 * session's variables is called `<session>/<id>`.
 */
export const createGuardedOptimizations = (
  { route }: ForeignCalls,
  { keep }: Pick<Sessions, "keep">,
): Pick<OptimizationStore, "startOptimization" | "renewLease" | "reportProgress" | "stopOptimization"> => ({
  startOptimization: (session, refs, options) =>
    route({ session, refs, permissions: ["optimize"] }, async (to) => {
      // Who waits in line for another session's variables uses its own meanwhile.
      const kept = to.foreign !== undefined && options.onConflict === "wait" ? await keep(session) : undefined;
      try {
        return await to.store.startOptimization(to.session, refs.map(to.strip), options);
      } finally {
        kept?.release();
      }
    }),
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
