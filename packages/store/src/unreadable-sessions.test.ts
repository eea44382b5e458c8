import { storeError } from "@trimtab/core";
import { expect, test } from "vitest";
import { createUnreadableSessions } from "./unreadable-sessions.ts";

test("asking for a session that cannot be read changes nothing", () => {
  const unreadable = createUnreadableSessions(() => {});
  unreadable.note("s", storeError("data_loss", "damaged", { session: "s" }));
  expect([unreadable.has("s", 1), unreadable.has("s", 2), unreadable.has("t", 1)]).toEqual([true, true, false]);
  unreadable.noteEnd("s", 2);
  unreadable.noteEnd("s", 3);
  unreadable.noteEnd("t", 1);
  expect([unreadable.has("s", 1), unreadable.has("s", 2), unreadable.has("t", 1)]).toEqual([false, true, false]);
  expect(unreadable.size).toBe(1);
});
