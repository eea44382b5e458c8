import type { Commit } from "@trimtab/core";
import type { CommitLog } from "@trimtab/log";
import type { Clock } from "./clock.ts";
import type { SessionTable } from "./session-table.ts";

/** What the limit of age works on. */
export interface AgeLimitOptions {
  readonly table: SessionTable;
  readonly log: CommitLog<Commit>;
  readonly clock: Clock;
  /** How long commits are kept, in milliseconds; without, nothing ages. */
  readonly historyAgeMs?: number | undefined;
}

/** Sessions at rest that are looked at between two ticks, so that ageing disturbs nobody. */
const perTick = 16;

/**
 * Makes the function that lets the past of sessions age, called now and then. Those in memory look after themselves; one
 * at rest is looked at once per age, and loaded only where it has anything that is too old.
 */
export function createAgeLimit({ table, log, clock, historyAgeMs }: AgeLimitOptions): () => void {
  if (historyAgeMs === undefined) return () => {};
  const dueAt = new Map<string, number>();
  let working = false;

  /** All but the last commit is gone already. */
  const isBare = async (id: string): Promise<boolean> => {
    const revision = table.resting.get(id)?.summary.revision ?? 0;
    return revision < 2 || (await log.read(id, revision - 2, 1)).kind === "trimmed";
  };

  const age = async (id: string): Promise<void> => {
    dueAt.delete(id);
    if (!table.resting.has(id) || (await isBare(id))) return;
    const session = await table.hold(id);
    await session.runtime.retain(clock.now());
    table.release(session);
  };

  const ageAll = async (ids: readonly string[]): Promise<void> => {
    working = true;
    for (const id of ids) await age(id).catch(() => {});
    working = false;
  };

  return () => {
    for (const { runtime } of table.loaded.values()) void runtime.retain(clock.now());
    for (const id of table.resting.keys()) if (!dueAt.has(id)) dueAt.set(id, clock.elapsed() + historyAgeMs);
    if (working) return;
    const due: string[] = [];
    for (const [id, at] of dueAt) if (at <= clock.elapsed() && due.push(id) === perTick) break;
    void ageAll(due);
  };
}
