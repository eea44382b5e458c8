import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { showDefault } from "./help.ts";
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
