import { fileURLToPath } from "node:url";

/**
 * The path of a script that stands beside a module, by its name without an ending: sources run as they are in development, and
 * built everywhere else.
 */
export const scriptBeside = (url: string, name: string): string =>
  fileURLToPath(new URL(`./${name}.${url.endsWith(".ts") ? "ts" : "js"}`, url));
