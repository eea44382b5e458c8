import { basename } from "node:path";
import { listFiles, readText } from "./files.mjs";
import { capture } from "./tool.mjs";

/** What no file of the repository holds: what is true of one machine only, and what speaks of how it was written. */
const FORBIDDEN = [
  ["a registry's host", /\bregistry\.[a-z0-9-]+\.[a-z]{2,}|\bnpm\.pkg\.[a-z]+|^\s*(tarball|resolved): *["']?https?:/im],
  ["a path of one machine", /(?<![\w.*~})\]-])\/(work|root|home\/\w+|Users\/\w+)\//],
  ["a number of a requirement or an issue", /(?<![\w-])[A-Z]-\d{2,3}\b|\b(issue|fixes|closes|resolves|see) #\d+/i],
  ["a note to self", /\b(TO[D]O|FIX[M]E|X[X]X|HA[C]K)\b/],
  [
    "how it was written",
    /\bco-authored-by:|\b(written|generated|produced) (by|with) (an? )?(AI|LLM|assistant)\b|\bas an AI\b/i,
  ],
  ["a mark of an unfinished merge", /^(<{7}|>{7}) /m],
];

/** The host that npm installs from on this machine: it has no business in the repository, whatever its name. */
async function findRegistry() {
  const { code, stdout } = await capture("npm", ["config", "get", "registry"]);
  return code === 0 && URL.canParse(stdout.trim()) ? new URL(stdout.trim()).host : undefined;
}

/** A page that is named in capitals, as those at the top of a repository are. */
const DOCUMENT = /(?<![\w/-])[A-Z][A-Z-]+\.md\b/g;

/** Finds text that does not belong in the repository. */
export async function checkText() {
  const registry = await findRegistry();
  const failures = [];
  const files = await listFiles();
  const documents = new Set(files.map((path) => basename(path)));
  for (const path of files) {
    const text = readText(path);
    if (text === undefined) continue;
    for (const { 0: name, index } of text.matchAll(DOCUMENT)) {
      if (!documents.has(name)) failures.push(`${path}:${lineOf(text, index)}: a document that is not here: ${name}`);
    }
    for (const [what, pattern] of FORBIDDEN) {
      const match = pattern.exec(text);
      if (match) failures.push(`${path}:${lineOf(text, match.index)}: ${what}: ${match[0].trim()}`);
    }
    const at = registry === undefined ? -1 : text.indexOf(registry);
    if (at >= 0) failures.push(`${path}:${lineOf(text, at)}: the host of this machine's registry`);
  }
  return { failures };
}

function lineOf(text, index) {
  return text.slice(0, index).split("\n").length;
}
