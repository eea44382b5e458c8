import type { Store, WatchEvent } from "@trimtab/core";
import { describe, expect, test } from "vitest";
import { openShared, rejection } from "./test-parts/open-shared.ts";

/** A watch that is read one event at a time, bookmarks passed over unless they are asked for. */
function reading(store: Store, refs: readonly string[], options = {}) {
  const watch = store.watch("guest", { refs }, options)[Symbol.asyncIterator]();
  const next = async (): Promise<WatchEvent> => {
    const { value, done } = await watch.next();
    return done ? expect.fail("the watch has ended") : value;
  };
  return {
    next,
    async tell(): Promise<WatchEvent> {
      for (;;) {
        const event = await next();
        if (event.kind !== "bookmark") return event;
      }
    },
    close: () => watch.return?.(),
  };
}

describe("a watch of another session's variables", () => {
  test("takes observe access, and none of the others", async () => {
    const { guest, grant } = await openShared();
    await grant("x", "read", "write", "optimize");
    await rejection(reading(guest, ["owner/x"]).next(), "access_denied");
    await rejection(reading(guest, ["owner/absent"]).next(), "access_denied");
    await rejection(reading(guest, ["nowhere/x"]).next(), "access_denied");
    await rejection(reading(guest, ["owner/x", "mine"]).next(), "invalid_argument");
    const several = await rejection(reading(guest, ["owner/x", "owner/y"]).next(), "access_denied");
    expect([...several.items.keys()]).toEqual(["owner/x", "owner/y"]);
    const pattern = guest.watch("guest", { refs: ["owner/x"], pattern: "owner/*" });
    await rejection(pattern[Symbol.asyncIterator]().next(), "invalid_argument");
    await rejection(guest.watch("owner", {})[Symbol.asyncIterator]().next(), "access_denied");
    await grant("x", "observe");
    const watch = reading(guest, ["owner/x"]);
    expect(await watch.next()).toMatchObject({ kind: "snapshot", variables: [{ name: "x", value: 1 }] });
    await watch.close();
  });

  test("stops at the revision that takes access away, and starts over where it is given back", async () => {
    const { store, guest, grant } = await openShared();
    await grant("x", "observe");
    const watch = reading(guest, ["owner/x"]);
    await watch.next();
    await store.setVariable("owner", "x", 5);
    expect(await watch.tell()).toMatchObject({ kind: "changes", changes: [{ name: "x", value: 5 }] });
    await grant("x");
    await store.setVariable("owner", "x", 6);
    const revoked = await watch.tell();
    expect(revoked).toMatchObject({ kind: "reset", cause: "access_changed", variables: [] });
    await store.setVariable("owner", "x", 7);
    const hidden = await watch.next();
    expect(hidden.kind).toBe("bookmark");
    await grant("x", "observe");
    expect(await watch.tell()).toMatchObject({ kind: "reset", cause: "access_changed", variables: [{ value: 7 }] });
    await store.setVariable("owner", "x", 8);
    expect(await watch.tell()).toMatchObject({ kind: "changes", changes: [{ value: 8 }] });
    await watch.close();
  });

  test("hands out nothing after a revocation that was not fetched before it", async () => {
    const { store, guest, grant } = await openShared();
    await grant("x", "observe");
    const watch = reading(guest, ["owner/x"]);
    await watch.next();
    for (const value of [10, 11, 12]) await store.setVariable("owner", "x", value);
    await grant("x");
    expect(await watch.tell()).toMatchObject({ kind: "reset", variables: [] });
    await store.setVariable("owner", "y", 9);
    expect((await watch.next()).kind).toBe("bookmark");
    await watch.close();
  });

  test("tells of a commit only what may be observed of it", async () => {
    const { store, guest, grant } = await openShared();
    await grant("x", "observe");
    await grant("y", "observe");
    const watch = reading(guest, ["owner/x", "owner/y"]);
    await watch.next();
    await grant("y");
    expect(await watch.tell()).toMatchObject({ kind: "reset", variables: [{ name: "x" }] });
    const { revision } = await store.setVariables("owner", { x: 5, y: 6 });
    const event = await watch.tell();
    expect(event).toMatchObject({ kind: "changes", revision, changes: [{ name: "x", value: 5 }] });
    await watch.close();
  });

  test("follows rules for the whole session and for what is derived", async () => {
    const { store, guest } = await openShared({ secret: 7 });
    const derivation = { kind: "expression", expression: "secret * 2.0" } as const;
    await store.registerVariable("owner", { name: "double", type: "float", derivation });
    const rule = { sessionPattern: "guest", permissions: ["observe"] } as const;
    await store.setSessionPermissions("owner", [rule]);
    const watch = reading(guest, ["owner/double"]);
    expect(await watch.next()).toMatchObject({ variables: [{ value: 14 }] });
    await store.setVariable("owner", "secret", 8);
    expect(await watch.tell()).toMatchObject({ changes: [{ name: "double", value: 16, causedBy: ["var_secret_1"] }] });
    await store.setVariablePermissions("owner", "secret", [{ ...rule, effect: "deny" }]);
    expect(await watch.tell()).toMatchObject({ kind: "reset", variables: [] });
    await store.setVariable("owner", "secret", 9);
    expect((await watch.next()).kind).toBe("bookmark");
    await watch.close();
  });

  test("resumed from before a change of rules starts over, and otherwise goes on", async () => {
    const { store, guest, grant } = await openShared();
    await grant("x", "observe");
    const first = reading(guest, ["owner/x"]);
    const { token } = await first.next();
    await first.close();
    await store.setVariable("owner", "x", 5);
    const second = reading(guest, ["owner/x"], { after: token });
    expect(await second.tell()).toMatchObject({ kind: "changes", changes: [{ value: 5 }] });
    await second.close();
    await grant("x");
    await rejection(reading(guest, ["owner/x"], { after: token }).next(), "access_denied");
    await grant("x", "observe");
    const third = reading(guest, ["owner/x"], { after: token, initialValues: false });
    expect(await third.next()).toMatchObject({ kind: "reset", cause: "access_changed", variables: [{ value: 5 }] });
    await third.close();
  });

  test("tells that a variable is gone, but not what it was last, and ends with its session", async () => {
    const { store, guest, grant } = await openShared();
    await grant("x", "observe");
    await grant("y", "observe");
    const watch = reading(guest, ["owner/x", "owner/y"]);
    await watch.next();
    await store.deleteVariable("owner", "x");
    expect(await watch.tell()).toMatchObject({
      kind: "changes",
      changes: [{ kind: "deleted", name: "x", value: null }],
    });
    await store.deleteSession("owner");
    expect(await watch.tell()).toMatchObject({
      kind: "changes",
      changes: [{ kind: "deleted", name: "y", value: null }],
    });
    expect(await watch.tell()).toMatchObject({ kind: "ended", cause: "session_deleted" });
    await watch.close();
  });

  test("tells nothing of the end of what is kept back", async () => {
    const { store, guest, grant } = await openShared();
    await grant("x", "observe");
    await grant("y", "observe");
    const watch = reading(guest, ["owner/x", "owner/y"]);
    await watch.next();
    await grant("y");
    expect(await watch.tell()).toMatchObject({ kind: "reset", variables: [{ name: "x" }] });
    await store.deleteVariable("owner", "y");
    await store.setVariable("owner", "x", 5);
    expect(await watch.tell()).toMatchObject({ kind: "changes", changes: [{ name: "x", value: 5 }] });
    await watch.close();
  });

  test("names no cause that its caller may not observe", async () => {
    const { store, guest, grant } = await openShared({ secret: 7, double: 1 });
    await grant("double", "observe");
    const watch = reading(guest, ["owner/double"]);
    await watch.next();
    // What was derived for a while is told of once it is not any more, and may be observed again.
    await store.setDerivation("owner", "double", { kind: "expression", expression: "secret * 2.0" });
    const { revision } = await store.setVariable("owner", "secret", 8);
    await store.clearDerivation("owner", "double");
    let event = await watch.tell();
    while (event.revision < revision) event = await watch.tell();
    const [change] = event.kind === "changes" ? event.changes : [];
    expect(change).toMatchObject({ name: "double", value: 16 });
    expect(change).not.toHaveProperty("causedBy");
    await watch.close();
  });

  test("that was resumed tells of a deletion, too", async () => {
    const { store, guest, grant } = await openShared();
    await grant("x", "observe");
    const first = reading(guest, ["owner/x"]);
    const { token } = await first.next();
    await first.close();
    const second = reading(guest, ["owner/x"], { after: token });
    expect((await second.next()).kind).toBe("bookmark");
    await store.deleteVariable("owner", "x");
    expect(await second.tell()).toMatchObject({ kind: "changes", changes: [{ kind: "deleted", name: "x" }] });
    await second.close();
  });

  test("that was resumed tells what it is asked to, and of a revocation", async () => {
    const { store, guest, grant } = await openShared();
    await grant("x", "observe");
    const first = reading(guest, ["owner/x"]);
    const { token } = await first.next();
    await first.close();
    const second = reading(guest, ["owner/x"], { after: token, oldValues: true });
    await second.next();
    await store.setVariable("owner", "x", 5);
    expect(await second.tell()).toMatchObject({ kind: "changes", changes: [{ oldValue: 1, value: 5 }] });
    await grant("x");
    expect(await second.tell()).toMatchObject({ kind: "reset", cause: "access_changed", variables: [] });
    await second.close();
  });

  test("starts over where a rule's own condition opens again without a commit", async () => {
    const time = { ms: Date.UTC(2026, 0, 1, 10) };
    const { store, guest } = await openShared({ x: 1 }, {}, { now: () => time.ms, elapsed: () => 0 });
    const hours = "timestamp(now).getHours() >= 9 && timestamp(now).getHours() < 17";
    await store.setVariablePermissions("owner", "x", [
      { sessionPattern: "guest", permissions: ["observe"], when: hours },
    ]);
    const watch = reading(guest, ["owner/x"]);
    await watch.next();
    await store.setVariable("owner", "x", 2);
    expect(await watch.tell()).toMatchObject({ kind: "changes", changes: [{ value: 2 }] });
    time.ms = Date.UTC(2026, 0, 1, 20);
    await store.updateVariable("owner", "x", { description: "said at night" });
    expect((await watch.next()).kind).toBe("bookmark");
    time.ms = Date.UTC(2026, 0, 2, 10);
    await store.setVariable("owner", "x", 3);
    expect(await watch.tell()).toMatchObject({
      kind: "reset",
      cause: "access_changed",
      variables: [{ value: 3, description: "said at night" }],
    });
    await watch.close();
  });

  test("keeps the session that watches, as one of its own variables would, and no longer than it lasts", async () => {
    let elapsed = 0;
    const clock = { now: () => 1_000_000 + elapsed, elapsed: () => elapsed };
    const { store, guest, grant } = await openShared({ x: 1 }, {}, clock);
    await grant("x", "observe");
    const watch = reading(guest, ["owner/x"]);
    await watch.next();
    elapsed += 3_600_001;
    expect(await store.sweep()).toBe(0);
    await watch.close();
    elapsed += 3_600_000;
    expect(await store.sweep()).toBe(0);
    elapsed += 1;
    expect(await store.sweep()).toBe(2);
  });

  test("ends at once where nobody wants it any more, and with the store", async () => {
    const { store, guest, grant } = await openShared();
    await grant("x", "observe");
    const returned = guest.watch("guest", { refs: ["owner/x"] })[Symbol.asyncIterator]();
    await returned.next();
    const pending = returned.next();
    await returned.return?.();
    expect(await pending).toMatchObject({ done: true });
    const aborted = new AbortController();
    const watch = guest.watch("guest", { refs: ["owner/x"] }, { signal: aborted.signal })[Symbol.asyncIterator]();
    await watch.next();
    const waiting = watch.next();
    aborted.abort();
    expect(await waiting).toMatchObject({ done: true });
    const last = reading(guest, ["owner/x"]);
    await last.next();
    const broken = last.tell();
    await Promise.all([rejection(broken, "unavailable"), store.close()]);
  });
});
