import type { OptimizationRecord, SessionState, VariableVersion } from "@trimtab/core";

/**
 * Says of a variable's versions which optimization wrote each. While one holds a variable nobody else writes it, so that
 * what was written in that time is its doing; of optimizations that are no longer kept nothing is said.
 */
export function attributed(
  { optimizations }: SessionState,
  variable: string,
  versions: readonly VariableVersion[],
): VariableVersion[] {
  const holders = [...optimizations.values()].filter(({ variables }) => variables.includes(variable));
  return versions.map((version) => {
    const optimization = holders.find((each) => wasHeld(each, version.updatedAtMs))?.id;
    if (optimization === version.optimization) return version;
    // An imported version may name one of another session.
    const { optimization: _, ...rest } = version;
    return optimization === undefined ? rest : { ...rest, optimization };
  });
}

/** What ends by itself does so with its last write; a lease that ran out ends with the write of whoever finds that. */
function wasHeld({ startedAtMs, endedAtMs = Infinity, state }: OptimizationRecord, atMs: number): boolean {
  return atMs > startedAtMs && (atMs < endedAtMs || (atMs === endedAtMs && state !== "abandoned"));
}
