import { isBuiltin } from "node:module";
import { runInNewContext } from "node:vm";
import { gzipSync } from "node:zlib";
import { rolldown } from "rolldown";
import type { ScratchProject } from "./scratch-project.ts";

/** What a bundle came to. */
export interface BrowserBundle {
  /** Modules of Node that something in the bundle imports, each with who does. */
  readonly builtins: readonly string[];
  /** Imports that no installed package answers. */
  readonly unresolved: readonly string[];
  readonly code: string;
  readonly sizeBytes: number;
  readonly gzipBytes: number;
}

/** Globals of Node that no browser has. */
const NODE_ONLY = new Set(["process", "Buffer", "global", "setImmediate", "clearImmediate", "require", "module"]);

/** Bundles everything that the specifiers export into one minified script, each as a part of the global `bundled`. */
export async function bundleForBrowser(project: ScratchProject, specifiers: readonly string[]): Promise<BrowserBundle> {
  const builtins: string[] = [];
  const entries = specifiers.map(
    (specifier, index) => `export * as entry${index} from ${JSON.stringify(specifier)};\n`,
  );
  const bundle = await rolldown({
    input: project.write("bundle-entry.js", entries.join("")),
    cwd: project.dir,
    platform: "browser",
    logLevel: "silent",
    plugins: [
      {
        name: "builtins",
        resolveId(source, importer) {
          if (!isBuiltin(source)) return null;
          builtins.push(`${source} from ${importer}`);
          return { id: source, external: true };
        },
      },
    ],
  });
  const { output } = await bundle.generate({ format: "iife", name: "bundled", minify: true });
  await bundle.close();
  const [{ code, imports }] = output;
  return { builtins, unresolved: imports, code, sizeBytes: Buffer.byteLength(code), gzipBytes: gzipSync(code).length };
}

/** Runs a bundle where only what browsers have is in reach and returns how many names each of its specifiers exports. */
export function loadWithoutNode({ code }: BrowserBundle): readonly number[] {
  const names = Object.getOwnPropertyNames(globalThis).filter((name) => !NODE_ONLY.has(name) && name !== "globalThis");
  const language = new Set<string>(runInNewContext("Object.getOwnPropertyNames(globalThis)"));
  const web = names.filter((name) => !language.has(name));
  const globals = Object.fromEntries(web.map((name) => [name, Reflect.get(globalThis, name)]));
  return runInNewContext(`${code}\nObject.values(bundled).map((entry) => Object.keys(entry).length)`, globals);
}
