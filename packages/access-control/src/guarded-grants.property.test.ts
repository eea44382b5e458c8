import { type AccessRule, accessPermissions, type Commit } from "@trimtab/core";
import fc from "fast-check";
import { expect, test } from "vitest";
import { rule } from "./test-parts/arbitraries.ts";
import { openShared, type SharedStore } from "./test-parts/open-shared.ts";

/** Rules of which most are about the caller, so that they decide against each other. */
const near = rule.map(
  ({ expiresAtMs: _, ...each }): AccessRule => ({
    ...each,
    sessionPattern: "g*",
    permissions: accessPermissions,
  }),
);
const lists = fc.array(fc.oneof(rule, { weight: 2, arbitrary: near }), { maxLength: 5 });

const caller = fc.record({
  attributes: fc.dictionary(fc.constantFrom("team", "level"), fc.constantFrom<string | number>("ads", 1, 2)),
  roles: fc.subarray(["admin", "reader"]),
});

async function commitsOf(store: SharedStore["store"]): Promise<readonly Commit[]> {
  const read = await store.readCommits("owner", 0);
  return read.kind === "entries" ? read.entries : expect.fail("commits are gone");
}

test("a write that is let through remembers the rule that an explanation names, and one that is not is denied as it says", async () => {
  await fc.assert(
    fc.asyncProperty(lists, lists, caller, async (own, sessionWide, { attributes, roles }) => {
      const { store, guest } = await openShared({ temperature: 1 }, { attributes, roles });
      await store.setVariablePermissions("owner", "temperature", own);
      await store.setSessionPermissions("owner", sessionWide);
      const all = store.as({ id: "bob", sessions: ["*"], attributes, roles });
      const asking = { permission: "write", subject: "guest" } as const;
      const { allowed, rule: decided, verdicts } = await all.explainAccess("owner", "temperature", asking);
      const isDone = await guest.setVariable("guest", "owner/temperature", 2).then(
        () => true,
        () => false,
      );
      expect(isDone).toBe(allowed);
      const last = (await commitsOf(store)).at(-1);
      const deciding = verdicts.find(({ matched, whyNot }) => matched && whyNot === "");
      const grant = {
        variable: expect.any(String),
        name: "temperature",
        permission: "write",
        rule: decided?.id,
        sessionWide: deciding?.sessionWide,
      };
      expect(last?.grants).toEqual(allowed ? [grant] : undefined);
      await store.close();
    }),
    { numRuns: 150 },
  );
});

test("a batch, a cascade and an optimization remember what let each variable be written, an owner's write nothing", async () => {
  const { store, guest } = await openShared({ x: 1, y: 2, z: 3 });
  const rules = (id: string) => [{ id, sessionPattern: "guest", permissions: accessPermissions }];
  await store.setVariablePermissions("owner", "x", rules("on-x"));
  await store.setSessionPermissions("owner", rules("on-all"));
  const { revision } = await store.getSession("owner");
  await guest.addDependency("guest", { variable: "owner/y", dependsOn: "owner/x" });
  await guest.setVariables("guest", { "owner/x": 2, "owner/y": 3 });
  await store.setVariable("owner", "x", 4);
  await guest.deleteVariable("guest", "owner/x", { cascade: true });
  await guest.startOptimization("guest", ["owner/z"], { optimizer: "o" });
  const told = (await commitsOf(store))
    .slice(revision)
    .map(({ grants }) => grants?.map(({ name, permission, rule: id }) => `${name} ${permission} ${id}`));
  expect(told).toEqual([
    ["y write on-all", "x read on-x"],
    ["x write on-x", "y write on-all"],
    undefined,
    ["x write on-x", "y write on-all"],
    ["z optimize on-all"],
  ]);
});
