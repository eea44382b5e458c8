// `npm run check`: every check, each with its time; all run even when one fails. Arguments name checks (all without).
import { rmSync } from "node:fs";
import { checkArrows } from "./check/arrows.mjs";
import { checkDocstrings } from "./check/docstrings.mjs";
import { checkGenerated } from "./check/generated.mjs";
import { checkLinks } from "./check/links.mjs";
import { checkPackages } from "./check/packages.mjs";
import { checkCompatibility } from "./check/proto-compatibility.mjs";
import { checkSize } from "./check/size.mjs";
import { checkText } from "./check/text.mjs";
import { runTool } from "./check/tool.mjs";
import { createScratch } from "./scratch.mjs";

/**
 * What is checked, in this order. A check returns what it found: `failures` make the run fail, `notes` are only printed.
 * One that throws has failed.
 */
const checks = {
  lint: () => runTool("biome", ["ci", "--colors=off", "--diagnostic-level=warn", "--error-on-warnings", "."]),
  types: checkTypes,
  arrows: checkArrows,
  unused: () => runTool("knip", ["--no-progress", "--no-config-hints"]),
  packages: checkPackages,
  "proto-lint": () => runTool("buf", ["lint", "proto"]),
  "proto-format": () => runTool("buf", ["format", "--diff", "--exit-code", "proto"]),
  "proto-compatibility": checkCompatibility,
  generated: checkGenerated,
  docstrings: checkDocstrings,
  links: checkLinks,
  text: checkText,
  size: checkSize,
};

/** Types of all packages, which is their build, and of the configuration in this folder. */
async function checkTypes() {
  const packages = await runTool("turbo", [
    "run",
    "build",
    "--continue=dependencies-successful",
    "--output-logs=errors-only",
  ]);
  const configuration = await runTool("tsc", ["--noEmit", "-p", ".ci/tsconfig.json"]);
  return { failures: [...packages.failures, ...configuration.failures] };
}

async function run(name, scratch) {
  const started = performance.now();
  let found;
  try {
    found = await checks[name](scratch);
  } catch (error) {
    found = { failures: [error instanceof Error ? error.message : String(error)] };
  }
  const { failures, notes = [] } = found;
  const seconds = ((performance.now() - started) / 1000).toFixed(1);
  console.log(`${failures.length === 0 ? "ok    " : "FAILED"} ${name.padEnd(20)} ${seconds.padStart(5)} s`);
  for (const line of [...failures, ...notes]) console.log(line.trimEnd().replace(/^/gm, "         "));
  return failures.length === 0;
}

const wanted = process.argv.slice(2);
const unknown = wanted.filter((name) => !Object.hasOwn(checks, name));
if (unknown.length > 0) {
  console.error(`unknown check "${unknown[0]}": one of ${Object.keys(checks).join(", ")}`);
  process.exit(2);
}
const scratch = createScratch();
process.on("exit", () => rmSync(scratch, { recursive: true, force: true }));
const outcomes = [];
for (const name of wanted.length > 0 ? wanted : Object.keys(checks)) outcomes.push(await run(name, scratch));
const failed = outcomes.filter((isOk) => !isOk).length;
console.log(`\n${outcomes.length - failed} checks passed, ${failed} failed`);
process.exitCode = failed > 0 ? 1 : 0;
