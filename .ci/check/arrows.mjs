import { existsSync, readdirSync, readFileSync } from "node:fs";
import { isBuiltin } from "node:module";
import { join } from "node:path";
import { readWorkspace, root } from "../workspace.mjs";

const BROWSER = "browser";

/**
 * What each package may depend on at run time; `browser` for one that also runs where there is no Node. Arrows go only
 * downward: pure packages (core and what stands on it alone), then shells around a port, then the edge. Apps compose
 * freely, so they have no entry; a package without one fails, so that its place is decided before it grows.
 */
const ALLOWED = {
  core: [BROWSER, "zod"],
  types: [BROWSER, "core", "zod", "re2js"],
  expressions: [BROWSER, "core", "re2js"],
  "access-control": [BROWSER, "core"],
  analytics: ["core", "@datadog/sketches-js"],
  optimize: [BROWSER, "core"],
  handles: [BROWSER, "core"],
  log: [BROWSER],
  http: ["@types/node"],
  audit: ["core", "log"],
  "log-sealed": ["log"],
  "log-sqlite": ["log"],
  store: [BROWSER, "core", "log"],
  studies: ["core", "log", "optimize"],
  wire: [BROWSER, "core", "@bufbuild/protobuf"],
  transfer: [BROWSER, "core", "wire", "@bufbuild/protobuf"],
  "transport-connect": [BROWSER, "core", "wire", "transfer", "@bufbuild/protobuf", "@connectrpc/connect"],
  opentelemetry: [BROWSER, "@opentelemetry/api", "@connectrpc/connect"],
  client: [BROWSER, "core", "wire", "handles", "@bufbuild/protobuf", "@connectrpc/connect"],
};

/** Apps that are installed as packages are; all others are private. */
const PUBLISHED_APPS = ["@trimtab/server"];

/** What a public conformance suite is written with; optional, since only tests import such a suite. */
const CONFORMANCE = ["vitest", "fast-check"];

const TESTS = /\.(test|faults)\.ts$|(^|\/)test-parts\//;

/** Every form of import and re-export, and what it names. */
const IMPORT = /(?:^|[\s;}])(?:import|export)\s(?:[^"'`;]*?\sfrom\s*)?["']([^"']+)["']|\bimport\(\s*["']([^"']+)["']/g;

/** Finds dependencies and imports that go against the allowed arrows. */
export async function checkArrows() {
  return {
    failures: readWorkspace().flatMap((pkg) => (pkg.dir.startsWith("apps/") ? checkApp(pkg) : checkPackage(pkg))),
  };
}

function checkApp({ name, manifest }) {
  return PUBLISHED_APPS.includes(name) || manifest.private === true
    ? []
    : [`${name}: this app is not published, so its package.json says "private": true`];
}

function checkPackage({ name, dir, manifest }) {
  const entry = ALLOWED[dir.slice("packages/".length)];
  if (!entry) return [`${name}: has no entry in .ci/check/arrows.mjs: decide what it may depend on`];
  const allowed = new Set(entry.map((item) => (Object.hasOwn(ALLOWED, item) ? `@trimtab/${item}` : item)));
  const arrows = { name, allowed, isForBrowsers: entry.includes(BROWSER), isConformance: false };
  const declared = checkDeclared(arrows, manifest);
  if (!existsSync(join(root, dir, "src"))) return [...declared, `${name}: has no src folder`];
  return [
    ...declared,
    ...sourcesBelow(join(root, dir, "src")).flatMap((file) => checkSource(arrows, manifest, dir, file)),
  ];
}

function checkDeclared({ name, allowed }, manifest) {
  const runtime = Object.keys({ ...manifest.dependencies, ...manifest.optionalDependencies });
  const peers = Object.keys(manifest.peerDependencies ?? {});
  const isSuitePeer = (peer) => CONFORMANCE.includes(peer) && manifest.peerDependenciesMeta?.[peer]?.optional === true;
  return [...runtime, ...peers.filter((peer) => !isSuitePeer(peer))]
    .filter((dependency) => !allowed.has(dependency))
    .map((dependency) => `${name}: may not depend on ${dependency}`);
}

/** A source imports only what its package.json declares, what it may, and nothing of Node's where browsers run it. */
function checkSource({ name, allowed, isForBrowsers }, manifest, dir, file) {
  const path = `${dir}/src/${file}`;
  const isSuite = file.startsWith("conformance/");
  const declared = new Set(Object.keys({ ...manifest.dependencies, ...manifest.peerDependencies }));
  return importsOf(readFileSync(join(root, path), "utf8")).flatMap((specifier) => {
    if (specifier.startsWith(".")) return [];
    if (isBuiltin(specifier))
      return isForBrowsers && !isSuite ? [`${path}: imports ${specifier}, and browsers run it`] : [];
    const dependency = specifier
      .split("/")
      .slice(0, specifier.startsWith("@") ? 2 : 1)
      .join("/");
    if (dependency === name) return [];
    if (!declared.has(dependency)) return [`${path}: imports ${dependency}, which its package.json does not declare`];
    const isAllowed = allowed.has(dependency) || (isSuite && CONFORMANCE.includes(dependency));
    return isAllowed ? [] : [`${path}: may not import ${dependency}`];
  });
}

function importsOf(text) {
  return [...withoutComments(text).matchAll(IMPORT)].map((match) => match[1] ?? match[2]);
}

/** Drops block comments and whole-line comments, whose examples import freely. */
function withoutComments(text) {
  return text.replace(/\/\*[\s\S]*?\*\//g, "").replace(/^\s*\/\/.*$/gm, "");
}

/** What a package publishes of its sources: no tests, and nothing that tests are made of. */
function sourcesBelow(dir) {
  return readdirSync(dir, { recursive: true }).filter((file) => file.endsWith(".ts") && !TESTS.test(file));
}
