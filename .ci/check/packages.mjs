import { mkdirSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { readWorkspace, root } from "../workspace.mjs";
import { mapAtMost, requireOutput, runTool } from "./tool.mjs";

/** Packs every public package and has publint and attw look at the tarball, as whoever installs it would get it. */
export async function checkPackages(scratch) {
  const found = await mapAtMost(
    2,
    readWorkspace().filter(({ isPublic }) => isPublic),
    async ({ name, dir }) => {
      const tarball = await pack(dir, join(scratch, "packed", dir));
      const lint = await runTool("publint", ["run", tarball, "--strict"]);
      const types = await runTool("attw", [
        tarball,
        "--profile",
        "esm-only",
        "--no-emoji",
        "--format",
        "ascii",
        "--no-color",
      ]);
      return [...lint.failures, ...types.failures].map((text) => `${name}:\n${text}`);
    },
  );
  return { failures: found.flat() };
}

async function pack(dir, destination) {
  mkdirSync(destination, { recursive: true });
  await requireOutput("pnpm", ["pack", "--pack-destination", destination], { cwd: join(root, dir) });
  return join(destination, readdirSync(destination)[0]);
}
