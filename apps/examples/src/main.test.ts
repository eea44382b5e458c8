import { spawnSync } from "node:child_process";
import { fileURLToPath } from "node:url";
import { expect, it } from "vitest";

const main = fileURLToPath(new URL("./main.ts", import.meta.url));

const run = (...args: string[]) =>
  spawnSync(process.execPath, ["--conditions=@trimtab/source", main, ...args], { encoding: "utf8" });

const names = ["quickstart", "tune-classifier", "browser", "python", "python-study"];

it.each([[], ["help"], ["--help"]])("lists the examples for %j", (...args) => {
  const { status, stdout, stderr } = run(...args);
  expect({ status, stderr }).toEqual({ status: 0, stderr: "" });
  for (const name of names) expect(stdout).toMatch(new RegExp(`^ {2}${name} +\\S`, "m"));
});

it("runs an example by its name", () => {
  const { status, stdout } = run("quickstart");
  expect(status).toBe(0);
  expect(stdout).toContain("0.7 gpt-4");
});

it("names what it does not know, lists what there is, and fails", () => {
  const { status, stdout, stderr } = run("quickstrat");
  expect({ status, stdout }).toEqual({ status: 2, stdout: "" });
  expect(stderr).toContain('"quickstrat"');
  for (const name of names) expect(stderr).toContain(name);
});

it.each([
  [["--trials", "0"], '--trials must be a whole number from 1 to 1000, got "0"'],
  [["--seed", "x"], '--seed must be a whole number from 0 to 1000, got "x"'],
  [["--tirals", "3"], "--tirals"],
])("refuses %j before it starts anything", (args, message) => {
  const { status, stdout, stderr } = run("tune-classifier", ...args);
  expect({ status, stdout }).toEqual({ status: 2, stdout: "" });
  expect(stderr).toContain(message);
  expect(stderr).toContain("--trials N");
});
