import { mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { workspaceRoot } from "./public-package.ts";
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

/** Checks the types of all examples of some packages at once, as strictly as a user might; rejects with what is wrong. */
export async function checkExamples(dirs: readonly string[]): Promise<void> {
  const [first = "."] = dirs;
  const files = dirs.flatMap((dir) =>
    readmeExamples(dir).map(({ code }, index) => {
      const file = join(dir, ".turbo", `readme-types-${index}.ts`);
      mkdirSync(join(dir, ".turbo"), { recursive: true });
      writeFileSync(file, `${code}\nexport {};\n`);
      return file;
    }),
  );
  const project = join(first, ".turbo", "readme-types.json");
  writeFileSync(project, JSON.stringify({ compilerOptions: asStrict, files }));
  try {
    await run(first, join(workspaceRoot, "node_modules", ".bin", "tsc"), ["-p", project]);
  } finally {
    for (const file of [...files, project]) rmSync(file);
  }
}

const asStrict = {
  target: "es2024",
  lib: ["es2025", "esnext.float16"],
  module: "nodenext",
  strict: true,
  exactOptionalPropertyTypes: true,
  noUncheckedIndexedAccess: true,
  noEmit: true,
  allowImportingTsExtensions: true,
  customConditions: ["@trimtab/source"],
  types: ["node"],
  skipLibCheck: true,
};
