import { mkdirSync, readdirSync } from "node:fs";
import { join } from "node:path";
import type { PublicPackage } from "./public-package.ts";
import { run } from "./run.ts";

/** Packs each package as for publishing and resolves to the tarballs' paths by package name. */
export async function packAll(packages: readonly PublicPackage[], destination: string): Promise<Map<string, string>> {
  const tarballs = new Map<string, string>();
  for (const { name, dir } of packages) {
    const folder = join(destination, name);
    mkdirSync(folder, { recursive: true });
    await run(dir, "pnpm", ["pack", "--pack-destination", folder]);
    for (const file of readdirSync(folder)) tarballs.set(name, join(folder, file));
  }
  return tarballs;
}

/** Lists the files of a tarball, as paths below the package. */
export async function listFiles(tarball: string): Promise<readonly string[]> {
  const listed = await run(".", "tar", ["-tzf", tarball]);
  return listed
    .split("\n")
    .filter((path) => path !== "")
    .map((path) => path.replace(/^package\//, ""));
}
