import type { Commit } from "@trimtab/core";
import { type CommitLog, createMemoryLog } from "@trimtab/log";
import fc from "fast-check";
import { expect, test } from "vitest";
import { openAuditRecord } from "./audit-record.ts";
import { heardLog } from "./audited-log.ts";
import { readRecordEnd } from "./record-end.ts";
import { recoverCommits } from "./recover-entries.ts";
import { commitOf, jsonCodec } from "./test-parts/json-codec.ts";

/** What a process does: a commit of a session, time that passes, or a look for what one before had no time to enter. */
const step = fc.oneof(
  {
    weight: 5,
    arbitrary: fc.record({ kind: fc.constant("commit" as const), session: fc.constantFrom("a", "b", "c") }),
  },
  { weight: 2, arbitrary: fc.record({ kind: fc.constant("pass" as const), ms: fc.integer({ min: 1, max: 200_000 }) }) },
  fc.constant({ kind: "recover" as const }),
  fc.constant({ kind: "settle" as const }),
);

/** A life: where the clock stands when it begins, what it does, and after how many appends to the audit's log it is killed. */
const life = fc.record({
  jumpMs: fc.oneof(fc.constant(1000), fc.integer({ min: -4_000_000, max: 4_000_000 })),
  steps: fc.array(step, { maxLength: 12 }),
  appends: fc.integer({ min: 0, max: 8 }),
});

interface World {
  readonly log: CommitLog;
  readonly commits: CommitLog<Commit>;
  /** By session: its last revision, and the time of that. */
  readonly sessions: Map<string, { revision: number; atMs: number }>;
  wallMs: number;
}

interface Life {
  readonly steps: readonly (
    | { readonly kind: "commit"; readonly session: string }
    | { readonly kind: "pass"; readonly ms: number }
    | { readonly kind: "recover" | "settle" }
  )[];
  readonly appends: number;
}

async function live(world: World, { steps, appends }: Life): Promise<void> {
  let left = appends;
  const { promise: killed, resolve: kill } = Promise.withResolvers<"killed">();
  const append: CommitLog["append"] = (...args) => {
    if (left-- > 0) return world.log.append(...args);
    kill("killed");
    return new Promise(() => {});
  };
  const log = { ...world.log, append };
  const parts = {
    log,
    codec: jsonCodec,
    now: () => world.wallMs,
    onError: (error: unknown) => expect.fail(`${error}`),
  };
  const run = async () => {
    const record = await openAuditRecord(parts);
    const end = await readRecordEnd({ ...parts, sources: ["sessions"] });
    const { recover, hear } = await recoverCommits({ record, end, name: "sessions", source: world.commits });
    const audited = heardLog(world.commits, hear);
    let recovering: Promise<number> | undefined;
    for (const each of steps) {
      if (each.kind === "commit") await commit(world, audited, each.session);
      else if (each.kind === "pass") world.wallMs += each.ms;
      else if (each.kind === "settle") await record.settled();
      else recovering ??= recover();
      if (left < 0) return;
    }
    await (recovering ?? recover());
    await record.settled();
    await end.settled();
  };
  await Promise.race([run(), killed]);
}

async function commit({ sessions, wallMs }: World, log: CommitLog<Commit>, session: string): Promise<void> {
  const { revision, atMs } = sessions.get(session) ?? { revision: 0, atMs: 0 };
  const next = { revision: revision + 1, atMs: Math.max(atMs + 0.001, wallMs) };
  sessions.set(session, next);
  expect(await log.append(session, revision, [commitOf(session, next.revision, { atMs: next.atMs })])).toBe(true);
}

test("whenever processes are killed and however the clock is set between them, each change is entered once, in order", async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(life, { minLength: 1, maxLength: 6 }), async (lives) => {
      const [log, commits] = [createMemoryLog(), createMemoryLog<Commit>()];
      const world: World = { log, commits, sessions: new Map(), wallMs: Date.UTC(2026, 10, 22) };
      // The record begins before the first change.
      await live(world, { steps: [], appends: 2 });
      for (const { jumpMs, ...rest } of lives) {
        world.wallMs += jumpMs;
        await live(world, rest);
      }
      await live(world, { steps: [], appends: 1000 });
      const record = await openAuditRecord({ log, codec: jsonCodec, onError: () => {} });
      for (const [session, { revision }] of world.sessions) {
        const { items } = await record.listAuditEntries(session, { pageSize: 1000 });
        const revisions = items.map((entry) => entry.revision).toReversed();
        expect(revisions).toEqual(Array.from({ length: revision }, (_, i) => i + 1));
      }
    }),
    { numRuns: 300 },
  );
});
