import { readFileSync } from "node:fs";

// The package.json is two folders up from here, from the sources and from what is built of them alike; built files are
// one deeper, in `dist/src`.
const candidates = ["../package.json", "../../package.json"].map((path) => new URL(path, import.meta.url));

/** This server's version, from its package. */
export const version: string = candidates.map(readVersion).find((found) => found !== undefined) ?? "unknown";

function readVersion(file: URL): string | undefined {
  try {
    const { name, version: found } = JSON.parse(readFileSync(file, "utf8"));
    return name === "@trimtab/server" ? found : undefined;
  } catch {
    return undefined;
  }
}
