// `npm test`: builds and tests every package, then adds up what their tests came to. Arguments go to turbo (--filter=...).
import { spawnSync } from "node:child_process";
import { createHash } from "node:crypto";
import { existsSync } from "node:fs";
import { join } from "node:path";
import { close, failure, printReports, readReport, removeReports, total } from "./report.mjs";
import { root } from "./workspace.mjs";

/** What tests may find on a machine beside the workspace; the names are those of the Debian packages' files. */
const PEERS = [
  "/usr/bin/chromium",
  "/usr/bin/protoc",
  "/usr/bin/grpc_python_plugin",
  "/usr/lib/python3/dist-packages/grpc",
];

const args = process.argv.slice(2);

// Only CI's machine is changed; on a person's, tests that miss something say so and are skipped.
if (process.env.CI === "true") spawnSync("bash", [join(root, ".ci", "debian.sh")], { stdio: ["ignore", 2, 2] });

// A result remembered from before chromium was installed must not stand for one after it, so this is part of turbo's key.
const peers = createHash("sha256").update(PEERS.filter(existsSync).join("\n")).digest("hex").slice(0, 12);
const env = { ...process.env, TRIMTAB_PEERS: peers };

/** The packages whose tests the arguments select, with the file each reports to. */
function plan() {
  const { status, stdout, stderr } = spawnSync("turbo", ["run", "test", "--dry=json", ...args], {
    cwd: root,
    env,
    encoding: "utf8",
    maxBuffer: 1 << 28,
  });
  if (status !== 0) {
    console.error(stderr || stdout);
    process.exit(status ?? 1);
  }
  return JSON.parse(stdout)
    .tasks.filter(({ task, command }) => task === "test" && command !== "<NONEXISTENT>")
    .map(({ package: name, directory }) => ({ name, file: join(root, directory, ".turbo", "test-report.json") }));
}

const planned = plan();
removeReports(planned.map(({ file }) => file));
const run = spawnSync(
  "turbo",
  ["run", "build", "test", "--continue=dependencies-successful", "--output-logs=new-only", ...args],
  { cwd: root, env, stdio: "inherit" },
);
const reports = planned.map(({ name, file }) => readReport(name, file));
if (planned.length === 0) reports.push(failure("workspace", "no package with tests was selected"));
// A build that breaks where nothing is tested, or a runner that ends badly after its tests passed, shows only here.
if (run.status !== 0 && total(reports).failed === 0) {
  reports.push(failure("turbo", `a task failed outside its tests (exit ${run.status ?? run.signal})`));
}
printReports(reports);
close(total(reports));
