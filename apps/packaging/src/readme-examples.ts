import { mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { run } from "./run.ts";

/** One TypeScript example of a README. */
export interface ReadmeExample {
  readonly code: string;
  /** What it says it prints: the comment behind each `console.log`, in order. */
  readonly promised: readonly string[];
}

/** Finds the examples of a package's README. Blocks marked `ts no-run` are only shown. */
export function readmeExamples(dir: string): readonly ReadmeExample[] {
  const readme = readFileSync(join(dir, "README.md"), "utf8");
  return Array.from(readme.matchAll(/^```ts\n(.*?)^```/gms), ([, code = ""]) => ({
    code,
    promised: Array.from(code.matchAll(/console\.log\(.*\);\s*(?:\} *)*\/\/ (.*)$/gm), ([, line = ""]) => line),
  }));
}

/** Runs an example as a program inside its package, so that it may import that and its neighbours by name. */
export async function runExample(dir: string, { code }: ReadmeExample): Promise<readonly string[]> {
  // Ignored by git, and in the package's own scope, which a folder under node_modules is not.
  const folder = join(dir, ".turbo");
  const file = join(folder, "readme-example.ts");
  mkdirSync(folder, { recursive: true });
  writeFileSync(file, code);
  try {
    const output = await run(dir, process.execPath, ["--conditions=@trimtab/source", file]);
    return output.trimEnd().split("\n");
  } finally {
    rmSync(file);
  }
}
