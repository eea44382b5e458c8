import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

/** The top folder of the workspace. */
export const workspaceRoot = fileURLToPath(new URL("../../../", import.meta.url));

/** The part of a package.json that these tests read. */
export interface Manifest {
  readonly name: string;
  readonly version: string;
  readonly private?: boolean;
  readonly description?: string;
  readonly license?: string;
  readonly engines?: { readonly node?: string };
  readonly bin?: Readonly<Record<string, string>>;
  readonly exports?: Readonly<Record<string, unknown>>;
  readonly dependencies?: Readonly<Record<string, string>>;
  readonly peerDependencies?: Readonly<Record<string, string>>;
  readonly peerDependenciesMeta?: Readonly<Record<string, { readonly optional?: boolean }>>;
  readonly devDependencies?: Readonly<Record<string, string>>;
}

/** A package of the workspace that is published. */
export interface PublicPackage {
  readonly name: string;
  readonly dir: string;
  readonly manifest: Manifest;
}

/** Reads the package.json of a folder. */
export function readManifest(dir: string): Manifest {
  return JSON.parse(readFileSync(join(dir, "package.json"), "utf8"));
}

/** Lists what the workspace publishes, read from its folders, so that a new package needs no entry anywhere. */
export function listPublicPackages(): readonly PublicPackage[] {
  return ["packages", "apps"]
    .flatMap((group) => readdirSync(join(workspaceRoot, group)).map((folder) => join(workspaceRoot, group, folder)))
    .filter((dir) => readdirSync(dir).includes("package.json"))
    .map((dir) => ({ dir, manifest: readManifest(dir) }))
    .filter(({ manifest }) => manifest.private !== true)
    .map(({ dir, manifest }) => ({ name: manifest.name, dir, manifest }));
}

/** The specifiers under which a package can be imported, one for each entry of its `exports`. */
export function specifiersOf({ name, exports = {} }: Manifest): readonly string[] {
  return Object.keys(exports)
    .filter((entry) => entry !== "./package.json")
    .map((entry) => `${name}${entry.slice(1)}`);
}
