import { execFile } from "node:child_process";
import { promisify } from "node:util";

const execFileAsync = promisify(execFile);

/** Runs a command in a folder and resolves to its standard output; rejects with everything it printed when it fails. */
export async function run(cwd: string, command: string, args: readonly string[]): Promise<string> {
  try {
    const { stdout } = await execFileAsync(command, args, { cwd, env: environment(), maxBuffer: 1 << 26 });
    return stdout;
  } catch (error) {
    const { stdout = "", stderr = "" } = error as { stdout?: string; stderr?: string };
    throw new Error(`${command} ${args.join(" ")} failed in ${cwd}\n${stdout}${stderr}`, { cause: error });
  }
}

/** The environment without what the workspace's own package manager adds, so that a scratch project stands alone. */
function environment(): NodeJS.ProcessEnv {
  const isForeign = (name: string): boolean => /^(npm|pnpm)_/i.test(name) && !/_registry$/i.test(name);
  return Object.fromEntries(Object.entries(process.env).filter(([name]) => !isForeign(name) && name !== "NODE_PATH"));
}
