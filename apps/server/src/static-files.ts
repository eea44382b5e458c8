import { createReadStream } from "node:fs";
import { realpath, stat } from "node:fs/promises";
import type { ServerResponse } from "node:http";
import { extname, join, normalize, sep } from "node:path";
import { pipeline } from "node:stream/promises";

/** Serves one file if there is one at the path, and says whether there was. */
export type StaticFiles = (path: string, response: ServerResponse, isHead: boolean) => Promise<boolean>;

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

/** Makes a server of the files in a folder; what lies outside it, by dots or by links, is not there. A folder means its `index.html`. */
export function createStaticFiles(folder: string): StaticFiles {
  const root = realpath(folder);
  return async (path, response, isHead) => {
    const file = await locate(await root, path);
    if (file === undefined) return false;
    response.setHeader("content-type", contentTypes[extname(file.name)] ?? "application/octet-stream");
    response.setHeader("content-length", file.size);
    response.setHeader("cache-control", "no-cache");
    response.setHeader("x-content-type-options", "nosniff");
    if (isHead) response.end();
    else await pipeline(createReadStream(file.name), response);
    return true;
  };
}

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
