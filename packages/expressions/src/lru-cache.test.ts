import { expect, test } from "vitest";
import { createLruCache } from "./lru-cache.ts";

test("what was used longest ago makes room", () => {
  const cache = createLruCache<string, number>(3);
  cache.set("a", 1, 1);
  cache.set("b", 2, 1);
  cache.set("c", 3, 1);
  expect(cache.get("a")).toBe(1);
  cache.set("d", 4, 1);
  expect(["a", "b", "c", "d"].map((key) => cache.get(key))).toEqual([1, undefined, 3, 4]);
});

test("weights count, and replacing a value frees its weight", () => {
  const cache = createLruCache<string, number>(10);
  cache.set("a", 1, 6);
  cache.set("a", 2, 4);
  cache.set("b", 3, 6);
  expect([cache.get("a"), cache.get("b")]).toEqual([2, 3]);
  cache.set("c", 4, 5);
  expect([cache.get("a"), cache.get("b"), cache.get("c")]).toEqual([undefined, undefined, 4]);
});

test("what is heavier than the budget is not kept, and takes the place of nothing else", () => {
  const cache = createLruCache<string, number>(10);
  cache.set("a", 1, 5);
  cache.set("b", 2, 11);
  cache.set("a", 3, 11);
  expect([cache.get("a"), cache.get("b")]).toEqual([undefined, undefined]);
});
