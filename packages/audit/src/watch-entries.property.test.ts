import type { AuditEvent, AuditFilter } from "@trimtab/core";
import { createMemoryLog } from "@trimtab/log";
import fc from "fast-check";
import { expect, test } from "vitest";
import { type AuditRecord, openAuditRecord } from "./audit-record.ts";
import { commitOf, jsonCodec } from "./test-parts/json-codec.ts";

const step = fc.oneof(
  { weight: 4, arbitrary: fc.record({ kind: fc.constant("enter" as const), count: fc.integer({ min: 1, max: 30 }) }) },
  { weight: 4, arbitrary: fc.record({ kind: fc.constant("read" as const), count: fc.integer({ min: 1, max: 40 }) }) },
  { weight: 2, arbitrary: fc.constant({ kind: "reconnect" as const }) },
  { weight: 1, arbitrary: fc.constant({ kind: "restart" as const }) },
);
const filter: fc.Arbitrary<AuditFilter> = fc.constantFrom({}, { actor: "bob" }, { variable: "x", actor: "ada" });

test("whatever is entered, and however often a watch goes on from a token, each entry is told once and in order", async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(step, { maxLength: 20 }), filter, async (steps, asked) => {
      const log = createMemoryLog();
      const open = () =>
        openAuditRecord({
          log,
          codec: jsonCodec,
          bookmarkIntervalMs: 60_000,
          onError: (error) => expect.fail(`${error}`),
        });
      let record: AuditRecord = await open();
      let entered = 0;
      let token: string | undefined;
      const told: string[] = [];
      const expected: string[] = [];
      let watch: AsyncIterator<AuditEvent> | undefined;
      const next = async () => {
        watch ??= record
          .watchAudit("s", { filter: asked, ...(token !== undefined && { after: token }) })
          [Symbol.asyncIterator]();
        const { value } = await watch.next();
        token = value.token;
        expect(value.kind).not.toBe("gap");
        if (value.kind === "entry") told.push(value.entry.id);
      };
      const leave = async () => {
        await watch?.return?.();
        watch = undefined;
      };
      // The first event is a bookmark, which says where the watch begins.
      await next();
      for (const each of steps) {
        if (each.kind === "enter") {
          for (let i = 0; i < each.count; i++) {
            const number = ++entered;
            const [session, actor] = [number % 3 === 0 ? "t" : "s", number % 2 === 0 ? "ada" : "bob"];
            record.commit(commitOf(session, number, { actor }));
            if (session === "s" && actor === (asked.actor ?? actor)) expected.push(String(number).padStart(16, "0"));
          }
        } else if (each.kind === "read") {
          await record.settled();
          for (let i = 0; i < each.count && told.length < expected.length; i++) await next();
        } else {
          await leave();
          if (each.kind === "restart") {
            await record.close();
            record = await open();
          }
        }
      }
      await record.settled();
      while (told.length < expected.length) await next();
      expect(told).toEqual(expected);
      await leave();
      await record.close();
    }),
    { numRuns: 60 },
  );
});
