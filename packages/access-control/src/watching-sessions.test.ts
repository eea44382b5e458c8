import type { WatchEvent } from "@trimtab/core";
import { expect, test } from "vitest";
import { openShared, rejection } from "./test-parts/open-shared.ts";

/** A watch of `owner/x` by a session that is believed what it says of itself, for those who say that they search. */
async function openWatch() {
  const { store, guest } = await openShared({ x: 1 }, { id: "", believesSession: true });
  await store.setVariablePermissions("owner", "x", [
    { sessionPattern: "guest", permissions: ["observe"], conditions: { team: "search" } },
  ]);
  const watch = guest.watch("guest", { refs: ["owner/x"] })[Symbol.asyncIterator]();
  const next = async (): Promise<WatchEvent | undefined> => (await watch.next()).value;
  return { store, next, close: () => watch.return?.() };
}

test("a watch of another session's variables goes by what its own session says of itself at that moment", async () => {
  const { store, next, close } = await openWatch();
  expect(await next()).toMatchObject({ kind: "snapshot", variables: [{ value: 1 }] });
  await store.updateSession("guest", { metadata: { team: "sales" } });
  await store.setVariable("owner", "x", 2);
  expect(await next()).toMatchObject({ kind: "bookmark" });
  await store.updateSession("guest", { metadata: { team: "search" } });
  await store.setVariable("owner", "x", 3);
  let event = await next();
  while (event?.kind === "bookmark") event = await next();
  expect(event).toMatchObject({ kind: "reset", cause: "access_changed", variables: [{ value: 3 }] });
  await close();
});

test("a watch of another session's variables tells nothing more once its own session has ended", async () => {
  const { store, next } = await openWatch();
  expect((await next())?.kind).toBe("snapshot");
  await store.deleteSession("guest");
  await store.setVariable("owner", "x", 2);
  const end = async () => {
    for (;;) expect((await next())?.kind).toBe("bookmark");
  };
  await rejection(end(), "session_not_found");
});
