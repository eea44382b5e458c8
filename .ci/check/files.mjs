import { readFileSync } from "node:fs";
import { join } from "node:path";
import { root } from "../workspace.mjs";
import { requireOutput } from "./tool.mjs";

/** Lists the files that are in the repository or would be with the next commit, as paths from the root. */
export async function listFiles() {
  const listed = await requireOutput("git", [
    "ls-files",
    "-z",
    "--cached",
    "--others",
    "--exclude-standard",
    "--deduplicate",
  ]);
  return listed.split("\0").filter((path) => path !== "");
}

/** The text of a file, or undefined where it is gone from the work tree or is not text. */
export function readText(path) {
  try {
    const bytes = readFileSync(join(root, path));
    return bytes.includes(0) ? undefined : bytes.toString("utf8");
  } catch {
    return undefined;
  }
}
