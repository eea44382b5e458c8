/** Is told of every append to the log, for traces and metrics. */
export interface AppendObserver {
  /** What is under way where a write is asked for. */
  current(): unknown;
  /** Runs an append; `writes` holds what was under way where each write that it carries was asked for. */
  append<T>(
    what: { readonly session: string; readonly commits: number; readonly writes: readonly unknown[] },
    run: () => Promise<T>,
  ): Promise<T>;
}
