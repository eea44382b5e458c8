import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { root } from "../workspace.mjs";
import { requireOutput } from "./tool.mjs";

const COMMITTED = "packages/wire/src/gen";

/** Generates the code from the schema afresh, elsewhere, and finds where the committed code differs. */
export async function checkGenerated(scratch) {
  const output = join(scratch, "generated");
  await requireOutput("buf", ["generate", "--template", "proto/buf.gen.yaml", "--output", output]);
  const fresh = readTree(join(output, COMMITTED));
  const committed = readTree(join(root, COMMITTED));
  const stale = [...new Set([...fresh.keys(), ...committed.keys()])].filter(
    (file) => fresh.get(file) !== committed.get(file),
  );
  return { failures: stale.map((file) => `${COMMITTED}/${file} is not what proto/ generates`) };
}

function readTree(dir) {
  const files = readdirSync(dir, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile());
  return new Map(
    files.map((entry) => {
      const path = join(entry.parentPath, entry.name);
      return [path.slice(dir.length + 1), readFileSync(path, "utf8")];
    }),
  );
}
