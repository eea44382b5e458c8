import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { run } from "./run.ts";

/** What a scratch project is made from. */
export interface ScratchProjectOptions {
  /** The one package it depends on. */
  readonly name: string;
  /** Tarballs of that package and of its siblings, by package name. */
  readonly tarballs: ReadonlyMap<string, string>;
  /** Further dependencies, by name: what the package expects its user to bring. */
  readonly peers: Readonly<Record<string, string>>;
}

/** A project outside the workspace with one Trimtab package installed from its tarball. */
export interface ScratchProject {
  readonly dir: string;
  /** Writes a file into the project and returns its path. */
  write(file: string, text: string): string;
  /** Runs a command in the project and resolves to what it prints. */
  run(command: string, args: readonly string[]): Promise<string>;
}

/**
 * Makes a project in an empty folder and installs into it. Siblings come from their tarballs too, since the registry does
 * not have these versions; pnpm's layout keeps what the package does not declare out of its reach.
 */
export async function createScratchProject(dir: string, options: ScratchProjectOptions): Promise<ScratchProject> {
  const { name, tarballs, peers } = options;
  mkdirSync(dir, { recursive: true });
  const write = (file: string, text: string): string => {
    writeFileSync(join(dir, file), text);
    return join(dir, file);
  };
  const files = Object.fromEntries([...tarballs].map(([sibling, tarball]) => [sibling, `file:${tarball}`]));
  const manifest = { private: true, type: "module", dependencies: { ...peers, [name]: files[name] } };
  write("package.json", JSON.stringify(manifest, undefined, 2));
  // JSON is YAML. A workspace file of its own also keeps pnpm from looking for one further up.
  write("pnpm-workspace.yaml", JSON.stringify({ packages: ["."], overrides: files, minimumReleaseAge: 0 }));
  await run(dir, "pnpm", ["install", "--prefer-offline", "--ignore-scripts", "--no-frozen-lockfile"]);
  return { dir, write, run: (command, args) => run(dir, command, args) };
}
