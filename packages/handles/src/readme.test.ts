import { readFile } from "node:fs/promises";
import { createStore } from "@trimtab/store";
import { builtinTypes, choice, float, integer } from "@trimtab/types";
import { expect, it } from "vitest";
import { openSession } from "./index.ts";

it("does what the example in the README says", async () => {
  const printed: string[] = [];
  const console = { log: (...parts: unknown[]) => printed.push(parts.join(" ")) };

  // Example.
  const store = createStore({ types: builtinTypes }); // or a client of a server: the same interface

  const app = await openSession(store, "assistant", {
    temperature: float({ min: 0, max: 2, default: 0.7 }),
    model: choice(["gpt-4", "claude-3"], { default: "gpt-4" }),
    maxTokens: integer({ min: 1, max: 4096, default: 256 }),
  });
  const { temperature, model } = app.variables;

  model.subscribe((value, { actor }) => console.log(actor, "chose", value)); // assistant chose claude-3
  await temperature.set(0.9); // a number from 0 to 2; anything else is refused here
  await temperature.update((t) => t / 2); // made again if somebody else writes in between
  await app.set({ model: "claude-3", maxTokens: 1024 }); // one commit, seen whole
  await app.settled(); // subscribers have been told
  console.log(temperature.value, app.values.maxTokens); // 0.45 1024
  await app.close();
  // End.

  await store.close();
  expect(printed).toContain("0.45 1024");
  expect(printed).toContain("assistant chose claude-3");
});

it("shows the README's example, line by line", async () => {
  const readme = await readFile(new URL("../README.md", import.meta.url), "utf8");
  const source = await readFile(new URL(import.meta.url), "utf8");
  const shown = between(readme, "```ts\n", "```").replace(/^import .*\n/gm, "");
  expect(shown.trim()).toBe(between(source, "  // Example.\n", "  // End.").replace(/^ {2}/gm, "").trim());
});

const between = (text: string, start: string, end: string): string => {
  const from = text.indexOf(start) + start.length;
  return text.slice(from, text.indexOf(end, from));
};
