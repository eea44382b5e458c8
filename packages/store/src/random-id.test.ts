import { builtinTypes } from "@trimtab/types";
import { afterEach, expect, test, vi } from "vitest";
import { createStore } from "./create-store.ts";
import { randomId } from "./random-id.ts";

afterEach(() => vi.unstubAllGlobals());

const uuid = /^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/;

test("ids are UUIDs, and no two are the same", () => {
  const ids = Array.from({ length: 1000 }, randomId);
  for (const id of ids) expect(id).toMatch(uuid);
  expect(new Set(ids).size).toBe(ids.length);
});

test("sessions have ids where nobody makes UUIDs, as on a page of an origin that is not secure", async () => {
  const { crypto } = globalThis;
  vi.stubGlobal("crypto", { getRandomValues: crypto.getRandomValues.bind(crypto) });
  const store = createStore({ types: builtinTypes });
  const { id, revision } = await store.createSession();
  expect(id).toMatch(uuid);
  expect((await store.forkSession(id, { kind: "revision", revision })).id).toMatch(uuid);
  await store.close();
});
