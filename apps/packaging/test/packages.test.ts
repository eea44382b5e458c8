import { mkdtempSync, readFileSync, realpathSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { bundleForBrowser, loadWithoutNode } from "../src/bundle-for-browser.ts";
import { listFiles, packAll } from "../src/pack.ts";
import { listPublicPackages, type Manifest, readManifest, specifiersOf, workspaceRoot } from "../src/public-package.ts";
import { createScratchProject, type ScratchProject } from "../src/scratch-project.ts";

/** Packages that the architecture promises to run in browsers. */
const FOR_BROWSERS = [
  "core",
  "types",
  "expressions",
  "access-control",
  "optimize",
  "log",
  "store",
  "studies",
  "handles",
  "wire",
  "transfer",
  "transport-connect",
  "client",
  "opentelemetry",
].map((name) => `@trimtab/${name}`);

/** What a tarball has no use for: sources, tests and what builds leave behind. */
const JUNK =
  /^src\/|(^|\/)(test|test-parts|e2e|node_modules|\.turbo)\/|\.(test|faults)\.|\.map$|\.tsbuildinfo$|(^|\/)(tsconfig|vitest|turbo)\./;

/** What a user gives to a package, or gets from it, and so must not be there twice. */
const BROUGHT = ["@connectrpc/connect", "@opentelemetry/api"];
const SHARED = [...BROUGHT, "@bufbuild/protobuf", "zod"];

/**
 * Modules that export what they have from a package, whose declarations have to say of which type that is: by what the package exports
 * itself, since its own dependencies are not there for its user.
 */
const EXPORTED: Readonly<Record<string, string>> = {
  "@trimtab/types": `import { float, module, stringType, tensor } from "@trimtab/types";
    export const declared = { t: float(), p: module({ A: { x: float() } }), w: tensor({ dtype: "f32" }), type: stringType };`,
  "@trimtab/store": `import { createStore } from "@trimtab/store";
    export const store = createStore({ types: [] });
    export const seen = store.as({ id: "ada", sessions: [] });
    export const watch = () => seen.watch("s");
    export const read = async () => (await store.listVariables("s")).items;`,
  "@trimtab/handles": `import { openSession, type Store } from "@trimtab/handles";
    export const write = async (store: Store) => (await openSession(store, "s", {})).set({});`,
  "@trimtab/client": `import { createStoreClient } from "@trimtab/client";
    const store = createStoreClient(null as never);
    export const read = () => store.getVariable("s", "t");
    export const watch = () => store.watch("s");`,
};

const tsc = join(workspaceRoot, "node_modules", ".bin", "tsc");

/** An install that has to ask the registry for a new machine's first time. */
const INSTALL_TIMEOUT_MS = 180_000;

const packages = listPublicPackages();
const own = readManifest(fileURLToPath(new URL("../", import.meta.url)));
const scratch = mkdtempSync(join(realpathSync(tmpdir()), "trimtab-packaging-"));
const tarballs = new Map<string, string>();

beforeAll(async () => {
  for (const [name, tarball] of await packAll(packages, join(scratch, "tarballs"))) tarballs.set(name, tarball);
}, INSTALL_TIMEOUT_MS);

afterAll(() => rmSync(scratch, { recursive: true, force: true }));

test("the workspace publishes packages, each built before these tests", () => {
  expect(packages.length).toBeGreaterThan(0);
  expect(Object.keys(own.devDependencies ?? {})).toEqual(expect.arrayContaining(packages.map(({ name }) => name)));
});

test("the packages said to run in browsers are published", () => {
  expect(packages.map(({ name }) => name)).toEqual(expect.arrayContaining(FOR_BROWSERS));
});

describe.each(packages)("$name", ({ name, manifest }) => {
  let project: ScratchProject;
  let testProject: ScratchProject;

  beforeAll(async () => {
    const create = (folder: string, peers: readonly string[]): Promise<ScratchProject> =>
      createScratchProject(join(scratch, folder, name), { name, tarballs, peers: installedVersions(peers) });
    const peers = Object.keys(manifest.peerDependencies ?? {});
    const required = peers.filter((peer) => manifest.peerDependenciesMeta?.[peer]?.optional !== true);
    project = await create("projects", required);
    testProject = required.length === peers.length ? project : await create("test-projects", peers);
  }, INSTALL_TIMEOUT_MS);

  test("packs what its user needs and nothing else", async () => {
    const files = await listFiles(tarballs.get(name) ?? "");
    expect(["README.md", "LICENSE", "package.json"].filter((file) => !files.includes(file))).toEqual([]);
    expect(files.filter((file) => JUNK.test(file))).toEqual([]);
  });

  test("is described, licensed and free of what only the workspace understands", () => {
    const packed = readManifest(join(project.dir, "node_modules", name));
    expect(packed).toMatchObject({ version: manifest.version, license: "Apache-2.0" });
    expect(packed.description).toMatch(/\w/);
    expect(packed.engines?.node).toMatch(/^>=\d+$/);
    expect(JSON.stringify([packed.exports, packed.dependencies, packed.peerDependencies])).not.toMatch(
      /@trimtab\/source|workspace:|catalog:/,
    );
    expect(specifiersOf(packed)).toEqual(specifiersOf(manifest));
    expect(readFileSync(join(project.dir, "node_modules", name, "LICENSE"), "utf8")).toBe(
      readFileSync(join(workspaceRoot, "LICENSE"), "utf8"),
    );
  });

  test("takes any compatible version of what its user brings along or has as well", () => {
    const { dependencies, peerDependencies } = readManifest(join(project.dir, "node_modules", name));
    const shared = Object.entries({ ...dependencies, ...peerDependencies }).filter(([each]) => SHARED.includes(each));
    expect(shared.filter(([, range]) => !range.startsWith("^"))).toEqual([]);
    // A program brings all that it takes to run.
    if (manifest.bin !== undefined) return;
    expect(Object.keys(dependencies ?? {}).filter((each) => BROUGHT.includes(each))).toEqual([]);
  });

  test("can be imported by every entry of its exports", async () => {
    const { entries, suites } = splitEntries(manifest);
    expect(await importAll(project, entries)).toEqual([]);
    expect(await importAll(testProject, suites)).toEqual([]);
  });

  test.for(Object.keys(manifest.bin ?? {}))("runs its command %s", async (command) => {
    const program = join(project.dir, "node_modules", ".bin", command);
    expect(await project.run(program, ["--help"])).toContain(command);
    expect(await project.run(program, ["--version"])).toContain(manifest.version);
  });

  test("type-checks in a strict consumer", async () => {
    const lines = specifiersOf(manifest).map(
      (specifier, index) => `import * as entry${index} from ${JSON.stringify(specifier)};\nexport { entry${index} };\n`,
    );
    testProject.write("consumer.ts", lines.join(""));
    testProject.write("tsconfig.json", JSON.stringify(consumerConfig(manifest)));
    await testProject.run(tsc, ["-p", "tsconfig.json"]);
  });

  const exported = EXPORTED[name];
  if (exported !== undefined) {
    test("names all that its user may export", async () => {
      const { compilerOptions } = consumerConfig(manifest);
      project.write("exporter.ts", exported);
      const emitting = { noEmit: false, emitDeclarationOnly: true, declaration: true, outDir: "out" };
      const options = { ...compilerOptions, ...emitting };
      project.write("exporter.json", JSON.stringify({ compilerOptions: options, files: ["exporter.ts"] }));
      await project.run(tsc, ["-p", "exporter.json"]);
    });
  }

  if (!FOR_BROWSERS.includes(name)) return;

  test("bundles for browsers and loads without Node", async () => {
    const { entries } = splitEntries(manifest);
    const bundle = await bundleForBrowser(project, entries);
    expect(bundle.builtins).toEqual([]);
    expect(bundle.unresolved).toEqual([]);
    expect(loadWithoutNode(bundle).filter((names) => names > 0)).toHaveLength(entries.length);
    console.log(`${name}: ${kilobytes(bundle.sizeBytes)} minified, ${kilobytes(bundle.gzipBytes)} compressed`);
  });

  if (name !== "@trimtab/types") return;

  test("brings patterns, which are most of it, to the types that have them alone", async () => {
    const sizeOf = async (entry: string) => (await bundleForBrowser(project, [`${name}/${entry}`])).sizeBytes;
    const withPatterns = await sizeOf("string");
    for (const entry of ["choice", "float", "integer", "boolean"])
      expect(await sizeOf(entry), entry).toBeLessThan(withPatterns / 2);
  });
});

/** What a package offers to everyone, and its public conformance suites, which only their users' tests import. */
function splitEntries(manifest: Manifest): { entries: readonly string[]; suites: readonly string[] } {
  const isSuite = (specifier: string): boolean => specifier.endsWith("/conformance");
  const specifiers = specifiersOf(manifest);
  return { entries: specifiers.filter((specifier) => !isSuite(specifier)), suites: specifiers.filter(isSuite) };
}

/** The versions this package has installed of what another expects its user to bring. */
function installedVersions(names: readonly string[]): Record<string, string> {
  const modules = fileURLToPath(new URL("../node_modules/", import.meta.url));
  return Object.fromEntries(names.map((peer) => [peer, readManifest(join(modules, peer)).version]));
}

/** Imports each specifier in Node and resolves to those that export nothing; rejects when one cannot be imported. */
async function importAll(project: ScratchProject, specifiers: readonly string[]): Promise<readonly string[]> {
  const imports = specifiers.map((specifier) => `Object.keys(await import(${JSON.stringify(specifier)}))`);
  project.write("imports.js", `console.log(JSON.stringify([${imports.join(", ")}]));\n`);
  const names: string[][] = JSON.parse(await project.run("node", ["imports.js"]));
  return specifiers.filter((_, index) => names[index]?.length === 0);
}

/**
 * Only what a package's own users would set, with as old a `lib` as bundlers' templates have; declarations are checked too, since
 * they are part of what is published.
 */
function consumerConfig({ peerDependencies = {} }: Manifest) {
  return {
    compilerOptions: {
      target: "es2024",
      lib: ["es2022", "dom"],
      module: "nodenext",
      strict: true,
      noEmit: true,
      types: [],
      // Test runners' own declarations are not ours to check.
      skipLibCheck: "vitest" in peerDependencies,
    },
    files: ["consumer.ts"],
  };
}

function kilobytes(bytes: number): string {
  return `${(bytes / 1000).toFixed(1)} kB`;
}
