import { existsSync, readFileSync } from "node:fs";
import { dirname, join, relative } from "node:path";
import { readWorkspace, root } from "../workspace.mjs";

const REEXPORT = /^export (?:type )?(?:\*|\{([^}]*)\}) from "(\.[^"]+)"/gm;
const DECLARATION = /^export (?:declare |async |abstract )*(?:function\*?|const|interface|type|class) (\w+)\b/;

/** Finds what packages export without a docstring. Generated code has those of the schema. */
export async function checkDocstrings() {
  const entries = readWorkspace().flatMap(({ dir, manifest }) =>
    Object.values(manifest.exports ?? {}).map((conditions) => join(root, dir, conditions["@trimtab/source"] ?? "")),
  );
  const bare = entries.filter((entry) => entry.endsWith(".ts")).flatMap((entry) => findBare(entry));
  return { failures: [...new Set(bare)] };
}

/** Exports of a file and of what it re-exports that have none; of all names, or of those that are wanted. */
function findBare(path, wanted) {
  if (path.includes("/gen/") || !existsSync(path)) return [];
  const text = readFileSync(path, "utf8");
  const lines = text.split("\n");
  const own = new Set();
  const bare = lines.flatMap((line, index) => {
    const name = DECLARATION.exec(line)?.[1];
    // Of a function with overloads the first has it.
    if (name === undefined || own.has(name) || wanted?.has(name) === false) return [];
    own.add(name);
    return hasDocstring(lines, index) ? [] : [`${relative(root, path)}:${index + 1}: ${name} has no docstring`];
  });
  const others = [...text.matchAll(REEXPORT)].flatMap(([, list, from]) =>
    findBare(join(dirname(path), from), list === undefined ? wanted : namesIn(list)),
  );
  return [...bare, ...others];
}

/** What a list of re-exports takes from its file, by the names there. */
const namesIn = (list) =>
  new Set(
    list.split(",").map((item) =>
      item
        .trim()
        .replace(/^type /, "")
        .replace(/ as .*/, ""),
    ),
  );

/** A word to the linter may stand between the docstring and what it is about. */
function hasDocstring(lines, index) {
  let above = index - 1;
  while (lines[above]?.startsWith("// biome-ignore")) above--;
  return lines[above]?.trimEnd().endsWith("*/") ?? false;
}
