// `npm run test:faults`: the long suites, `*.faults.ts`, one package after the other. Arguments name packages (all without).
import { spawnSync } from "node:child_process";
import { readdirSync } from "node:fs";
import { join } from "node:path";
import { close, failure, printReports, readReport, removeReports, total } from "./report.mjs";
import { readWorkspace, root } from "./workspace.mjs";

const wanted = process.argv.slice(2).map((argument) => argument.replace(/^--filter=/, ""));

const suites = readWorkspace()
  .filter(({ name }) => wanted.length === 0 || wanted.includes(name))
  .filter(({ dir }) => hasFaults(join(root, dir)))
  .map(({ name, dir }) => ({ name, dir: join(root, dir), file: join(root, dir, ".turbo", "faults-report.json") }));

/** True when a folder holds a long suite of its own. */
function hasFaults(dir) {
  return readdirSync(dir, { withFileTypes: true }).some((entry) => {
    if (entry.isDirectory()) return !["node_modules", "dist"].includes(entry.name) && hasFaults(join(dir, entry.name));
    return entry.name.endsWith(".faults.ts");
  });
}

/** Thousands of processes and threads start from the same sources: with Node's cache of compiled code in half the time. */
const env = { ...process.env, NODE_COMPILE_CACHE: join(root, "node_modules", ".cache", "compile") };

function run(command, args, cwd) {
  return spawnSync(command, args, { cwd, env, stdio: "inherit" }).status === 0;
}

function runSuite({ name, dir, file }) {
  console.log(`\n${name}`);
  const ended = run("vitest", ["run", "--root", dir, "--config", join(root, ".ci", "vitest.faults.ts")], dir);
  const report = readReport(name, file);
  if (!ended && report.failed.length === 0) report.failed.push("vitest ended badly although no test failed");
  return report;
}

/** One report per suite, or a single failure when there is nothing to run or nothing to run it on. */
function runAll() {
  if (suites.length === 0) return [failure("workspace", "no package has a *.faults.ts suite, so nothing was tested")];
  removeReports(suites.map(({ file }) => file));
  const filters = suites.map(({ name }) => `--filter=${name}`);
  const isBuilt = run("turbo", ["run", "build", "--output-logs=errors-only", ...filters], root);
  if (!isBuilt) return [failure("workspace", "the build failed")];
  return suites.map(runSuite);
}

const reports = runAll();
printReports(reports);
close(total(reports));
