import { createReadStream, realpathSync, statSync } from "node:fs";
import { realpath, stat } from "node:fs/promises";
import type { OutgoingHttpHeaders } from "node:http";
import { extname, join, normalize, sep } from "node:path";
import type { Exchange } from "@trimtab/http";
import { sendBody } from "./http/send.ts";
import { SettingsError } from "./read-settings.ts";
import { flagOf } from "./settings.ts";

/** Serves one file if there is one at the path, and says whether there was; the answer carries these fields beside its own. */
export type StaticFiles = (path: string, exchange: Exchange, fields: OutgoingHttpHeaders) => Promise<boolean>;

const contentTypes: Readonly<Record<string, string>> = {
  ".html": "text/html; charset=utf-8",
  ".js": "text/javascript; charset=utf-8",
  ".css": "text/css; charset=utf-8",
  ".json": "application/json",
  ".svg": "image/svg+xml",
  ".png": "image/png",
  ".ico": "image/x-icon",
  ".txt": "text/plain; charset=utf-8",
  ".wasm": "application/wasm",
};

/**
 * Makes a server of the files in a folder; what lies outside it, by dots or by links, is not there. A folder means its `index.html`.
 *
 * @throws SettingsError where there is no such folder
 */
export function createStaticFiles(folder: string): StaticFiles {
  const root = realFolder(folder);
  return async (path, exchange, fields) => {
    const file = await locate(root, path);
    if (file === undefined) return false;
    const { name, size } = file;
    const begin = () => exchange.start(200, { ...fields, ...fieldsOf(name), "content-length": size });
    // A file that grows meanwhile is sent as long as was announced.
    const body = () => sendBody(exchange, createReadStream(name, { end: size - 1 }), begin);
    if (exchange.method === "HEAD" || size === 0 || !(await body())) begin();
    exchange.end({});
    return true;
  };
}

function realFolder(folder: string): string {
  try {
    const root = realpathSync(folder);
    if (statSync(root).isDirectory()) return root;
  } catch (error) {
    throw new SettingsError(`${flagOf("static")}: ${error instanceof Error ? error.message : String(error)}`);
  }
  throw new SettingsError(`${flagOf("static")}: ${folder} is not a folder`);
}

const fieldsOf = (name: string) => ({
  "content-type": contentTypes[extname(name)] ?? "application/octet-stream",
  "cache-control": "no-cache",
  "x-content-type-options": "nosniff",
});

async function locate(root: string, path: string): Promise<{ name: string; size: number } | undefined> {
  try {
    const wanted = normalize(join(root, decodeURIComponent(path)));
    const entry = await stat(wanted);
    const name = await realpath(entry.isDirectory() ? join(wanted, "index.html") : wanted);
    if (!name.startsWith(root + sep)) return undefined;
    const found = await stat(name);
    return found.isFile() ? { name, size: found.size } : undefined;
  } catch {
    return undefined;
  }
}
