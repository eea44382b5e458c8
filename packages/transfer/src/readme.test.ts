import { readFile } from "node:fs/promises";
import { createStore } from "@trimtab/store";
import { builtinTypes } from "@trimtab/types";
import { expect, it } from "vitest";
import { decodeExport, encodeExport } from "./index.ts";

it("does what the example in the README says", async () => {
  const printed: string[] = [];
  const console = { log: (...parts: unknown[]) => printed.push(parts.join(" ")) };

  // Example.
  const store = createStore({ types: builtinTypes }); // or a client of a server: the same interface
  await store.createSession({ id: "assistant" });
  await store.createSession({ id: "copy" });
  await store.registerVariable("assistant", { name: "temperature", type: "float", value: 0.7 });
  await store.setVariable("assistant", "temperature", 0.9);

  const data = await store.exportVariables("assistant", { includeHistory: true });
  const file = encodeExport(data, "json"); // or "binary", "csv", "safetensors"
  const summary = await store.importVariables("copy", decodeExport(file)); // one commit: all of it or nothing
  console.log(summary.created, summary.refused); // 1 0

  const [table] = new TextDecoder().decode(encodeExport(data, "csv")).split(",constraints");
  console.log(table); // id,name,type,value
  await store.close();
  // End.

  expect(printed).toEqual(["1 0", "id,name,type,value"]);
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
