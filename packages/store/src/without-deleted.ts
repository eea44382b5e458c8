import type { OptimizationEntry, OptimizationRecord, SessionState } from "@trimtab/core";

/** Gives an optimization without what it has tried of variables that are deleted: their values have gone with them. */
export function withoutDeleted(record: OptimizationRecord, { variables }: SessionState): OptimizationRecord {
  const isThere = (id: string) => variables.has(id);
  if (record.variables.every(isThere)) return record;
  const { best, ...rest } = record;
  if (!record.variables.some(isThere)) return { ...rest, entries: [] };
  const only = <V>(byId: Readonly<Record<string, V>>) =>
    Object.fromEntries(Object.entries(byId).filter(([id]) => isThere(id)));
  const left = (entry: OptimizationEntry) => ({ ...entry, values: only(entry.values), versions: only(entry.versions) });
  return { ...rest, entries: record.entries.map(left), ...(best !== undefined && { best: left(best) }) };
}
