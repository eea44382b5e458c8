import type { Variable, WatchEvent } from "@trimtab/core";
import fc from "fast-check";
import { expect, test } from "vitest";
import { openShared } from "./test-parts/open-shared.ts";

const names = ["a", "b"] as const;
const name = fc.constantFrom(...names);

/** What may happen while a watch is on; `read` takes events up to the present. */
const step = fc.oneof(
  { weight: 4, arbitrary: fc.record({ kind: fc.constant("set" as const), name }) },
  { weight: 2, arbitrary: fc.record({ kind: fc.constant("grant" as const), name, isGranted: fc.boolean() }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant("grant-all" as const), isGranted: fc.boolean() }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant("describe" as const), name }) },
  { weight: 2, arbitrary: fc.constant({ kind: "read" as const }) },
  { weight: 1, arbitrary: fc.constant({ kind: "reconnect" as const }) },
);

/** What a reader of the watch holds: each variable as it was last told. */
function fold(held: Map<string, Pick<Variable, "value" | "description">>, event: WatchEvent): void {
  if (event.kind === "snapshot" || event.kind === "reset") {
    held.clear();
    for (const each of event.variables) held.set(each.name, each);
  } else if (event.kind === "changes") {
    for (const change of event.changes) {
      const description = change.variable?.description ?? held.get(change.name)?.description ?? "";
      held.set(change.name, { value: change.value, description });
    }
  }
}

test("whatever rules come and go, a reader that catches up holds what it may observe, as it is, and nothing else", async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(step, { maxLength: 25 }), async (steps) => {
      const { store, guest } = await openShared({ a: 0, b: 0 });
      const rule = { sessionPattern: "guest", permissions: ["observe"] } as const;
      // Somebody must be let in to watch at all; from then on everything may be taken away.
      await store.setSessionPermissions("owner", [rule]);
      const held = new Map<string, Pick<Variable, "value" | "description">>();
      const refs = names.map((each) => `owner/${each}`);
      let watch = guest.watch("guest", { refs })[Symbol.asyncIterator]();
      let token = "";
      let reached = 0;
      const read = async () => {
        const event = (await watch.next()).value as WatchEvent;
        expect(event.revision).toBeGreaterThanOrEqual(reached);
        ({ revision: reached, token } = event);
        fold(held, event);
      };
      const catchUp = async () => {
        const { revision } = await store.getSession("owner");
        while (reached < revision) await read();
      };
      await read();
      let value = 0;
      for (const each of steps) {
        if (each.kind === "set") await store.setVariable("owner", each.name, ++value);
        else if (each.kind === "describe") {
          await store.updateVariable("owner", each.name, { description: `d${++value}` });
        } else if (each.kind === "grant") {
          const effect = each.isGranted ? "allow" : "deny";
          await store.setVariablePermissions("owner", each.name, [{ ...rule, effect }]);
        } else if (each.kind === "grant-all") {
          await store.setSessionPermissions("owner", each.isGranted ? [rule] : []);
        } else if (each.kind === "read") await catchUp();
        else {
          const open = await guest.checkAccesses(
            "guest",
            refs.map((ref) => ({ ref, permission: "observe" })),
          );
          // Without access to all of them a watch is not opened.
          if (open.includes(false)) continue;
          await watch.return?.();
          watch = guest.watch("guest", { refs }, { after: token })[Symbol.asyncIterator]();
          reached = 0;
          // A watch begins where its first event is asked for.
          await read();
        }
      }
      await catchUp();
      await watch.return?.();
      const expected: [string, unknown, string][] = [];
      for (const each of names) {
        if (!(await guest.checkAccess("guest", `owner/${each}`, "observe"))) continue;
        const { value: present, description } = await store.getVariable("owner", each);
        expected.push([each, present, description]);
      }
      const told = Array.from(held, ([each, { value: last, description }]) => [each, last, description]);
      expect(told.sort()).toEqual(expected.sort());
      await store.close();
    }),
    { numRuns: 60 },
  );
});
