import { readFileSync } from "node:fs";
import { createConnectTransport } from "@connectrpc/connect-node";
import { createStoreClient, openSession } from "@trimtab/client";
import { float } from "@trimtab/types";
import { expect, test } from "vitest";
import { showDefault } from "./help.ts";
import { startServer } from "./index.ts";
import type { SettingSpec } from "./setting-spec.ts";
import { flagOf, settingNames, settingSpecs, variableOf } from "./settings.ts";

const readme = readFileSync(new URL("../README.md", import.meta.url), "utf8");

test("the README tells every setting as the server has it", () => {
  const code = (text: string) => (text === "" ? "" : `\`${text.replaceAll("|", "\\|")}\``);
  const rows = settingNames.map((name) => {
    const spec: SettingSpec = settingSpecs[name];
    const named = spec.placeholder === undefined ? flagOf(name) : `${flagOf(name)} ${spec.placeholder}`;
    const flag = spec.isSecret === true ? "" : named;
    return `| ${code(flag)} | ${code(variableOf(name))} | ${code(showDefault(spec.default))} | ${spec.help} |`;
  });
  const lines = readme.split("\n").filter((line) => /^\| (`--| *\| `TRIMTAB_)/.test(line));
  const told = lines.map((line) => line.replace(/ +/g, " "));
  expect(told).toEqual(rows.map((row) => row.replace(/ +/g, " ")));
});

test("the README's example does what it says", async () => {
  const printed: string[] = [];
  const console = { log: (...parts: unknown[]) => printed.push(parts.join(" ")) };

  // Example.
  const server = await startServer({ listen: { host: "127.0.0.1", port: 0 }, log: "memory" }); // any free port

  const store = createStoreClient(createConnectTransport({ baseUrl: server.url, httpVersion: "2" }));
  const app = await openSession(store, "demo", { temperature: float({ min: 0, max: 2, default: 0.7 }) });
  await app.variables.temperature.set(0.9);

  const { value, version } = await server.store.getVariable("demo", "temperature"); // the same store, in process
  console.log(value, version); // 0.9 1
  await app.close();
  await server.close();
  // End.

  expect(printed).toEqual(["0.9 1"]);
});

test("the README shows that example, line by line", () => {
  const source = readFileSync(new URL(import.meta.url), "utf8");
  const shown = between(readme, "```ts\n", "```").replace(/^import .*\n/gm, "");
  expect(shown.trim()).toBe(between(source, "  // Example.\n", "  // End.").replace(/^ {2}/gm, "").trim());
});

const between = (text: string, start: string, end: string): string => {
  const from = text.indexOf(start) + start.length;
  return text.slice(from, text.indexOf(end, from));
};
