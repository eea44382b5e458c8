import type { Dependency } from "../dependency/dependency.ts";
import type { VariableVersion } from "../history/session-history.ts";
import type { Variable } from "../variable.ts";

/** Variables on their way from one session to another, as plain data. */
export interface VariableExport {
  /** The session that they come from. */
  readonly session: string;
  /** The revision that they show. */
  readonly revision: number;
  readonly exportedAtMs: number;
  /** In the order they were registered. */
  readonly variables: readonly Variable[];
  /** Dependencies between them. */
  readonly dependencies: readonly Dependency[];
  /** Versions by variable id, oldest first. */
  readonly history: ReadonlyMap<string, readonly VariableVersion[]>;
}
