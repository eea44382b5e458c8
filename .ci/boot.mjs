// Entry of every npm script. Needs nothing but Node 20: it brings the pinned Node and pnpm, installs, then runs the task.
import { spawn, spawnSync } from "node:child_process";
import { createHash } from "node:crypto";
import { once } from "node:events";
import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { constants } from "node:os";
import { delimiter, dirname, join, resolve } from "node:path";
import { fileURLToPath } from "node:url";

/** The oldest Node that runs Trimtab; it counts only where no pinned Node could be installed. */
const OLDEST_NODE = 24;

/** How long a build may take before anything is said of it. */
const BUILD_PATIENCE_MS = 1500;

const root = dirname(dirname(fileURLToPath(import.meta.url)));
const bin = join(root, "node_modules", ".bin");
const stamp = join(root, "node_modules", ".boot-stamp");
const [task = "help", ...args] = process.argv.slice(2);

/**
 * The caller's environment with the pinned tools first on the path. What npm adds for its own scripts is left out, since
 * the pnpm and npm started from here would take it for their settings; a registry the caller chose is kept for both.
 */
function environment() {
  const env = Object.fromEntries(Object.entries(process.env).filter(([name]) => !/^npm_/i.test(name)));
  const registry = process.env.npm_config_registry ?? process.env.NPM_CONFIG_REGISTRY;
  if (registry) Object.assign(env, { npm_config_registry: registry, pnpm_config_registry: registry });
  env.PATH = [bin, process.env.PATH].filter(Boolean).join(delimiter);
  env.TURBO_TELEMETRY_DISABLED = "1";
  return env;
}

const env = environment();

function fail(message, code = 1) {
  console.error(message);
  process.exit(code);
}

function runOrExit(command, commandArgs, options = {}) {
  const { status, error } = spawnSync(command, commandArgs, { cwd: root, env, stdio: "inherit", ...options });
  if (error) fail(`cannot run ${command}: ${error.message}`);
  if (status !== 0) process.exit(status ?? 1);
}

/** Installs when the lockfile or the install settings are not those of the last finished install. */
function install() {
  const hash = createHash("sha256");
  for (const file of ["pnpm-lock.yaml", "pnpm-workspace.yaml"]) hash.update(readFileSync(join(root, file)));
  const wanted = hash.digest("hex");
  if (existsSync(stamp) && readFileSync(stamp, "utf8") === wanted) return;
  // An install that is cut short must not pass for the finished one before it.
  rmSync(stamp, { force: true });
  const { packageManager } = JSON.parse(readFileSync(join(root, "package.json"), "utf8"));
  // Standard output belongs to the task that was asked for, so the installer's goes to standard error.
  const installer = ["--yes", packageManager, "install", "--frozen-lockfile"];
  const options = { cwd: root, env, stdio: ["inherit", 2, 2] };
  // A registry that fails once mostly answers the next time, and what has been fetched is kept.
  if (spawnSync("npx", installer, options).status !== 0) {
    console.error("the installation failed; it is tried once more");
    runOrExit("npx", installer, options);
  }
  mkdirSync(dirname(stamp), { recursive: true });
  writeFileSync(stamp, wanted);
}

/** Exits with advice where neither the pinned Node nor a new enough one is at hand. */
function requireNode() {
  if (existsSync(join(bin, "node")) || Number.parseInt(process.versions.node, 10) >= OLDEST_NODE) return;
  fail(
    `no pinned Node for ${process.platform} ${process.arch}: install Node ${OLDEST_NODE} or newer (this is ${process.version})`,
  );
}

/** Builds packages and what they depend on. It says so only where that takes a while, and all there is to say only where it fails. */
async function build(...packages) {
  const builder = ["run", "build", "--output-logs=errors-only", ...packages.map((each) => `--filter=${each}...`)];
  const child = spawn("turbo", builder, { cwd: root, env, stdio: ["ignore", "pipe", "pipe"] });
  child.on("error", (error) => fail(`cannot run turbo: ${error.message}`));
  const said = [];
  for (const output of [child.stdout, child.stderr]) output.on("data", (part) => said.push(part));
  const patience = setTimeout(() => console.error(`building ${packages.join(", ")} ...`), BUILD_PATIENCE_MS);
  const [status] = await once(child, "close");
  clearTimeout(patience);
  if (status !== 0) fail(Buffer.concat(said).toString(), status ?? 1);
}

/** Runs a script on the pinned Node, passes signals on and exits as it exits. */
function become(script, scriptArgs = []) {
  const child = spawn("node", [script, ...scriptArgs], { cwd: root, env, stdio: "inherit" });
  const passedOn = new Set();
  for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"]) {
    process.on(signal, () => {
      // A terminal sends its interrupt to the child as well, and npm sends it here again: once is what the person asked for.
      if (passedOn.has(signal) || (signal === "SIGINT" && process.stdin.isTTY)) return;
      passedOn.add(signal);
      child.kill(signal);
    });
  }
  child.on("error", (error) => fail(`cannot run node ${script}: ${error.message}`));
  child.on("exit", (code, signal) => process.exit(code ?? 128 + (constants.signals[signal] ?? 0)));
}

const tasks = {
  async start() {
    await build("@trimtab/server");
    become("apps/server/dist/src/main.js", args);
  },
  test: () => become(".ci/test.mjs", args),
  check: () => become(".ci/check.mjs", args),
  "test:faults": () => become(".ci/faults.mjs", args),
  async bench() {
    await build("@trimtab/bench");
    become("apps/bench/dist/main.js", args);
  },
  async example() {
    await build("@trimtab/examples");
    become("apps/examples/dist/main.js", args);
  },
  async pack() {
    const [given, ...others] = args;
    if (given === undefined || others.length > 0) fail("npm run pack -- FOLDER: where tarballs of all packages go", 2);
    const folder = resolve(process.env.INIT_CWD ?? root, given);
    const packed = ["./packages/*", "@trimtab/server"];
    await build(...packed);
    mkdirSync(folder, { recursive: true });
    const filters = packed.map((each) => `--filter=${each}`);
    runOrExit("pnpm", [...filters, "pack", "--pack-destination", folder], { stdio: ["inherit", "ignore", "inherit"] });
    console.log(`in a project of yours: npm install ${join(folder, "*.tgz")}`);
  },
  format() {
    runOrExit("biome", ["check", "--write", ...(args.length > 0 ? args : ["."])]);
    runOrExit("buf", ["format", "--write", "proto"]);
  },
};

if (!Object.hasOwn(tasks, task)) fail(`unknown task "${task}": one of ${Object.keys(tasks).join(", ")}`, 2);
install();
requireNode();
await tasks[task]();
