import { execFile } from "node:child_process";
import { readFile } from "node:fs/promises";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { expect, it } from "vitest";

const file = new URL("./quickstart.ts", import.meta.url);

it("prints what its comments say, what subscribers are told and why a value is refused", async () => {
  const { stdout, stderr } = await promisify(execFile)(process.execPath, [
    "--conditions=@trimtab/source",
    fileURLToPath(file),
  ]);
  expect(stderr).toBe("");
  const printed = stdout.trimEnd().split("\n");
  expect(printed).toHaveLength(5);
  expect(printed).toContain("0.7 -> 0.9, version 1");
  expect(printed).toContain("0.9 -> 0.2, version 2");
  expect(printed).toContain("temperature: value 2.5 is above maximum 2");
  const code = await readFile(file, "utf8");
  const promised = [...code.matchAll(/console\.log\(.*\); \/\/ (.*)$/gm)].map(([, comment]) => comment);
  expect([printed[0], printed.at(-1)]).toEqual(promised);
});

it("is the program that the repository's README shows", async () => {
  const readme = await readFile(new URL("../../../README.md", import.meta.url), "utf8");
  const shown = /<!-- example: apps\/examples\/src\/quickstart\.ts -->\n```ts\n(.*?)```/s.exec(readme)?.[1];
  expect(shown).toBe(await readFile(file, "utf8"));
});
