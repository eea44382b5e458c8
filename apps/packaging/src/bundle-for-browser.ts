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

/** Bundles everything a specifier exports into one minified script that puts it into the global `bundled`. */
export async function bundleForBrowser(project: ScratchProject, specifier: string): Promise<BrowserBundle> {
  const builtins: string[] = [];
  const bundle = await rolldown({
    input: project.write("bundle-entry.js", `export * from ${JSON.stringify(specifier)};\n`),
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

/** Runs a bundle where only what browsers have is in reach and returns the names it exports. */
export function loadWithoutNode({ code }: BrowserBundle): readonly string[] {
  const names = Object.getOwnPropertyNames(globalThis).filter((name) => !NODE_ONLY.has(name) && name !== "globalThis");
  const language = new Set<string>(runInNewContext("Object.getOwnPropertyNames(globalThis)"));
  const web = names.filter((name) => !language.has(name));
  const globals = Object.fromEntries(web.map((name) => [name, Reflect.get(globalThis, name)]));
  return runInNewContext(`${code}\nObject.keys(bundled)`, globals);
}
