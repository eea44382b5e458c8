import { spawn } from "node:child_process";
import { root } from "../workspace.mjs";

/** Runs a command and resolves to its exit code and everything it printed. */
export function capture(command, args, { cwd = root, env = process.env } = {}) {
  return new Promise((resolve, reject) => {
    const child = spawn(command, args, { cwd, env: { ...env, NO_COLOR: "1" }, stdio: ["ignore", "pipe", "pipe"] });
    const stdout = [];
    const all = [];
    child.stdout.on("data", (chunk) => stdout.push(chunk));
    for (const stream of [child.stdout, child.stderr]) stream.on("data", (chunk) => all.push(chunk));
    child.on("error", (error) => reject(new Error(`cannot run ${command}: ${error.message}`)));
    child.on("close", (code) =>
      resolve({ code, stdout: Buffer.concat(stdout).toString(), output: Buffer.concat(all).toString() }),
    );
  });
}

/** Runs a command as a check: whatever it printed is the finding when it exits with anything but 0. */
export async function runTool(command, args, options) {
  const { code, output } = await capture(command, args, options);
  return { failures: code === 0 ? [] : [output.trim() || `${command} exited with ${code}`] };
}

/** Runs a command that has to work, and resolves to what it printed on standard output. */
export async function requireOutput(command, args, options) {
  const { code, stdout, output } = await capture(command, args, options);
  if (code !== 0) throw new Error(`${command} ${args.join(" ")} exited with ${code}\n${output}`);
  return stdout;
}

/** Applies an asynchronous function to every item, a few at a time, and resolves to the results in the items' order. */
export async function mapAtMost(limit, items, apply) {
  const results = new Array(items.length);
  let next = 0;
  const worker = async () => {
    while (next < items.length) {
      const index = next++;
      results[index] = await apply(items[index]);
    }
  };
  await Promise.all(Array.from({ length: limit }, worker));
  return results;
}
