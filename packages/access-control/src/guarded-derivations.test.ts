import { describe, expect, test } from "vitest";
import { openShared, rejection } from "./test-parts/open-shared.ts";

describe("a derivation", () => {
  test("shows what it comes from, so that reading it takes reading all of that", async () => {
    const { store, guest, grant } = await openShared({ secret: 7 });
    const double = { kind: "expression", expression: "secret * 2.0" } as const;
    await store.registerVariable("owner", { name: "double", type: "float", derivation: double });
    const again = { kind: "expression", expression: "double * 2.0" } as const;
    await store.registerVariable("owner", { name: "again", type: "float", derivation: again });
    await grant("again", "read", "observe");
    await grant("double", "read", "observe");
    await rejection(guest.getVariable("guest", "owner/again"), "access_denied");
    const why = await store.explainAccess("owner", "again", { permission: "read", subject: "guest" });
    expect(why).toMatchObject({ allowed: false, basis: "dependency" });
    expect((await guest.getVariables("guest", ["owner/again", "owner/double"])).missing).toEqual([
      "owner/again",
      "owner/double",
    ]);
    await grant("secret", "read");
    expect((await guest.getVariable("guest", "owner/again")).value).toBe(28);
  });

  test("cannot be made over what its writer may not read, and its failure tells nothing of that", async () => {
    const { guest, grant } = await openShared({ x: 1, secret: 7 });
    await grant("x", "write", "read");
    for (const expression of ["secret * 2.0", "secret > 5.0 ? 'a' : 1.0", "absent * 2.0"]) {
      const derivation = { kind: "expression", expression } as const;
      const error = await rejection(guest.setDerivation("guest", "owner/x", derivation), "access_denied");
      expect(error.message).toMatch(/^session guest has no read access to owner\/(secret|absent)$/);
    }
    const edge = guest.addDependency("guest", { variable: "owner/x", dependsOn: "owner/secret" });
    await rejection(edge, "access_denied");
    await grant("secret", "read");
    const derivation = { kind: "expression", expression: "secret * 2.0" } as const;
    expect((await guest.setDerivation("guest", "owner/x", derivation)).variable.value).toBe(14);
    const listed = await guest.listDependencies("guest", "owner/x");
    expect(listed.items.map(({ dependsOnName }) => dependsOnName)).toEqual(["secret"]);
    await grant("secret", "write");
    await rejection(guest.listDependencies("guest", "owner/x"), "access_denied");
  });

  test("cannot be made of a variable that depends on what its writer may not read", async () => {
    const { store, guest, grant } = await openShared({ x: 1, y: 2, secret: 7 });
    await store.addDependency("owner", { variable: "x", dependsOn: "secret" });
    for (const each of ["x", "y"]) await grant(each, "read", "write");
    const make = () => guest.setDerivation("guest", "owner/x", { kind: "expression", expression: "y * 2.0" });
    await rejection(make(), "access_denied");
    await grant("secret", "read");
    expect((await make()).variable.value).toBe(4);
  });

  test("cannot be cleared where that would show what it was computed from", async () => {
    const { store, guest, grant } = await openShared({ secret: 7 });
    const derivation = { kind: "expression", expression: "secret * 2.0" } as const;
    await store.registerVariable("owner", { name: "double", type: "float", derivation });
    await grant("double", "read", "write");
    await rejection(guest.clearDerivation("guest", "owner/double"), "access_denied");
    await rejection(guest.getVariable("guest", "owner/double"), "access_denied");
    await grant("secret", "read");
    await guest.clearDerivation("guest", "owner/double");
    expect((await guest.getVariable("guest", "owner/double")).value).toBe(14);
  });

  test("lists only edges of which both ends may be read", async () => {
    const { store, guest, grant } = await openShared({ x: 1, y: 2, secret: 7 });
    await store.addDependency("owner", { variable: "x", dependsOn: "y" });
    await store.addDependency("owner", { variable: "x", dependsOn: "secret" });
    await store.addDependency("owner", { variable: "secret", dependsOn: "y" });
    await grant("x", "read");
    await grant("y", "read");
    const down = await guest.listDependencies("guest", "owner/x", { transitive: true });
    expect(down.items.map(({ dependsOnName }) => dependsOnName)).toEqual(["y"]);
    const up = await guest.listDependents("guest", "owner/y");
    expect(up.items.map(({ variableName }) => variableName)).toEqual(["x"]);
  });
});
