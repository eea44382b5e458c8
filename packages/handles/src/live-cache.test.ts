import { createVariable, type ValueRecord, type Variable, type WatchEvent } from "@trimtab/core";
import { float } from "@trimtab/types";
import { describe, expect, it } from "vitest";
import { createLiveCache } from "./live-cache.ts";
import { createVariableSlot } from "./variable-slot.ts";

const id = "var_t_1";
const written = (revision: number, version: number) =>
  ({ session: "s", revision, id, name: "t", version, updatedAtMs: 1000 + revision }) as const;

const variable = (value: number, version: number, more: Partial<Variable> = {}): Variable =>
  createVariable({
    id,
    name: "t",
    type: "float",
    payload: { kind: "number", value },
    createdAtMs: 1000,
    version,
    ...more,
  });

const snapshot = (revision: number, ...variables: Variable[]): WatchEvent => ({
  kind: "snapshot",
  revision,
  token: `${revision}`,
  variables,
});

const reset = (revision: number, ...variables: Variable[]): WatchEvent => ({
  kind: "reset",
  cause: "history_lost",
  revision,
  token: `${revision}`,
  variables,
});

const updated = (revision: number, version: number, value: number): WatchEvent => ({
  kind: "changes",
  revision,
  token: `${revision}`,
  atMs: 1000 + revision,
  actor: "ann",
  origin: "typescript",
  coalesced: false,
  changes: [{ kind: "updated", id, name: "t", version, value, payload: { kind: "number", value }, metadata: {} }],
});

/** A cache of one float that the watch has shown as 0 at revision 2. */
function sample(constraints: ValueRecord = {}) {
  const slot = createVariableSlot({ key: "t", name: "t", declaration: float() });
  const cache = createLiveCache([slot]);
  cache.apply(snapshot(2, variable(0, 0, { constraints })));
  return { slot, cache, read: () => slot.current && [slot.current.value, slot.current.version] };
}

describe("the program's own writes", () => {
  it("read back at once, in the order of their revisions whatever the order of their receipts", () => {
    const { slot, cache, read } = sample();
    cache.write(0, written(4, 2), [[slot, written(4, 2), 0.4]]);
    cache.write(0, written(3, 1), [[slot, written(3, 1), 0.3]]);
    expect(read()).toEqual([0.4, 2]);
    expect(cache.written).toBe(4);
  });

  it("give way to the watch as soon as it has come as far", () => {
    const { slot, cache, read } = sample();
    cache.write(0, written(4, 2), [[slot, written(4, 2), 0.4]]);
    cache.apply(updated(3, 1, 0.3));
    expect(read()).toEqual([0.4, 2]);
    cache.apply(updated(4, 2, 0.4));
    cache.apply(updated(5, 3, 0.5));
    expect(read()).toEqual([0.5, 3]);
  });

  it("change nothing where the watch was faster than the receipt", () => {
    const { slot, cache, read } = sample();
    cache.apply(updated(3, 1, 0.3));
    cache.apply(updated(4, 2, 0.4));
    cache.write(0, written(3, 1), [[slot, written(3, 1), 0.3]]);
    expect(read()).toEqual([0.4, 2]);
    expect(cache.written).toBe(3);
  });

  it("change nothing where they were sent to an earlier incarnation of the session", () => {
    const { slot, cache, read } = sample();
    const { era } = cache;
    cache.startEra();
    cache.write(era, written(9, 5), [[slot, written(9, 5), 0.9]]);
    expect(read()).toEqual([0, 0]);
    expect(cache.written).toBe(0);
  });

  it("keep the constraints that are known", () => {
    const { slot, cache } = sample({ max: 1 });
    cache.write(0, written(3, 1), [[slot, written(3, 1), 0.3]]);
    expect(slot.current?.constraints).toEqual({ max: 1 });
  });
});

describe("events", () => {
  it("are taken in once", () => {
    const { cache } = sample();
    expect(cache.apply(updated(3, 1, 0.3)).changes).toHaveLength(1);
    expect(cache.apply(updated(3, 1, 0.3)).changes).toEqual([]);
  });

  it("move the stamp only when values may read differently", () => {
    const { slot, cache } = sample();
    const stamps = [cache.stamp];
    cache.apply(updated(3, 1, 0.3));
    stamps.push(cache.stamp);
    cache.write(0, written(4, 2), [[slot, written(4, 2), 0.4]]);
    stamps.push(cache.stamp);
    expect(new Set(stamps).size).toBe(3);
    cache.apply(updated(3, 1, 0.3));
    cache.apply({ kind: "bookmark", revision: 3, token: "3" });
    expect(cache.stamp).toBe(stamps[2]);
  });

  it("of variables that are not declared are passed over", () => {
    const { cache } = sample();
    const other = variable(1, 0, { id: "var_u_2", name: "u" });
    expect(cache.apply(reset(3, variable(0, 0), other))).toEqual({ changes: [], errors: [] });
  });

  it("that the type cannot read are errors, and mend with the next that it can", () => {
    const { slot, cache, read } = sample();
    const garbled: WatchEvent = reset(3, variable(0, 1, { payload: { kind: "string", value: "warm" } }));
    expect(cache.apply(garbled)).toMatchObject({ changes: [], errors: [{ reason: "validation_failed" }] });
    expect(slot.current).toBeUndefined();
    expect(slot.problem?.message).toContain("t: ");
    expect(cache.apply(updated(4, 2, 0.4)).changes).toMatchObject([{ kind: "updated", value: 0.4 }]);
    expect(read()).toEqual([0.4, 2]);
    expect(slot.problem).toBeUndefined();
  });
});

describe("a full view in place of lost history", () => {
  it("tells what differs, marked as merged, and nothing where nothing does", () => {
    const { cache } = sample();
    expect(cache.apply(reset(5, variable(0, 0)))).toEqual({ changes: [], errors: [] });
    expect(cache.apply(reset(7, variable(0.7, 4, { updatedBy: "ann" }))).changes).toMatchObject([
      { kind: "updated", value: 0.7, previous: 0, version: 4, revision: 7, actor: "ann", lagged: true },
    ]);
    expect(cache.apply(reset(9)).changes).toMatchObject([
      { kind: "deleted", value: 0.7, version: 4, revision: 9, lagged: true },
    ]);
    expect(cache.apply(reset(11, variable(1, 0, { id: "var_t_2" }))).changes).toMatchObject([
      { kind: "registered", value: 1, id: "var_t_2", lagged: true },
    ]);
  });

  it("tells of a value that was set to what it was before", () => {
    const { cache } = sample();
    expect(cache.apply(reset(7, variable(0, 4))).changes).toMatchObject([{ kind: "updated", version: 4, previous: 0 }]);
  });

  it("from an earlier revision takes back what never happened", () => {
    const { slot, cache, read } = sample();
    cache.apply(updated(3, 1, 0.3));
    cache.write(0, written(9, 2), [[slot, written(9, 2), 0.9]]);
    expect(cache.apply(reset(2, variable(0, 0))).changes).toMatchObject([{ kind: "updated", value: 0, version: 0 }]);
    expect(read()).toEqual([0, 0]);
    expect(cache.era).toBe(1);
    expect(cache.revision).toBe(2);
  });
});
