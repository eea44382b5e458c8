// Entry of every npm script. Needs nothing but Node 20: it brings the pinned Node and pnpm, installs, then runs the task.
import { spawn, spawnSync } from "node:child_process";
import { createHash } from "node:crypto";
import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { constants } from "node:os";
import { delimiter, dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

const root = dirname(dirname(fileURLToPath(import.meta.url)));
const stamp = join(root, "node_modules", ".boot-stamp");
const [task = "help", ...args] = process.argv.slice(2);

/** The caller's environment without npm's own settings, with the pinned tools first on the path. */
function environment() {
  const env = Object.fromEntries(Object.entries(process.env).filter(([name]) => !/^npm_/i.test(name)));
  env.PATH = [join(root, "node_modules", ".bin"), process.env.PATH].join(delimiter);
  env.TURBO_TELEMETRY_DISABLED = "1";
  return env;
}

const env = environment();

function runOrExit(command, commandArgs, options = {}) {
  const { status } = spawnSync(command, commandArgs, { cwd: root, env, stdio: "inherit", ...options });
  if (status !== 0) process.exit(status ?? 1);
}

/** Installs once per lockfile; the stamp holds the lockfile's hash. */
function install() {
  const lockfile = join(root, "pnpm-lock.yaml");
  const wanted = createHash("sha256").update(readFileSync(lockfile)).digest("hex");
  if (existsSync(stamp) && readFileSync(stamp, "utf8") === wanted) return;
  const { packageManager } = JSON.parse(readFileSync(join(root, "package.json"), "utf8"));
  // Standard output belongs to the task that was asked for, so the installer's goes to standard error.
  const npx = process.platform === "win32" ? "npx.cmd" : "npx";
  runOrExit(npx, ["--yes", packageManager, "install", "--frozen-lockfile"], { stdio: ["inherit", 2, 2] });
  mkdirSync(dirname(stamp), { recursive: true });
  writeFileSync(stamp, wanted);
}

/** Builds a package and what it depends on; silent unless something had to be built. */
function build(...filters) {
  const selection = filters.map((name) => `--filter=${name}...`);
  runOrExit("turbo", ["run", "build", "--output-logs=errors-only", ...selection], { stdio: ["inherit", 2, 2] });
}

/** Runs a script on the pinned Node, passes signals on and exits as it exits. */
function become(script, scriptArgs = []) {
  const child = spawn("node", [script, ...scriptArgs], { cwd: root, env, stdio: "inherit" });
  for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"]) process.on(signal, () => child.kill(signal));
  child.on("exit", (code, signal) => process.exit(code ?? 128 + (constants.signals[signal] ?? 0)));
}

const tasks = {
  start() {
    build("@trimtab/server");
    become("apps/server/dist/main.js", args);
  },
  test: () => become(".ci/test.mjs", args),
  check: () => become(".ci/check.mjs", args),
  "test:faults": () => become(".ci/faults.mjs", args),
  bench() {
    build("@trimtab/bench");
    become("apps/bench/dist/main.js", args);
  },
  example() {
    build("@trimtab/examples");
    become("apps/examples/dist/main.js", args);
  },
};

if (!Object.hasOwn(tasks, task)) {
  console.error(`unknown task "${task}": one of ${Object.keys(tasks).join(", ")}`);
  process.exit(2);
}
install();
tasks[task]();
