import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";

/**
 * Puts figures between their marks on a page of `docs`, and leaves what is written around them alone. Where a page has
 * several parts that are measured apart, `part` says which.
 */
export function writeFigures(page: string, title: string, figures: string, { part = "figures" } = {}): void {
  const [begin, end] = [`<!-- ${part} -->`, `<!-- end of ${part} -->`];
  const path = fileURLToPath(new URL(`../../../docs/${page}`, import.meta.url));
  const text = existsSync(path) ? readFileSync(path, "utf8") : `# ${title}\n\n${begin}\n${end}\n`;
  const [before = "", rest = ""] = text.split(begin);
  const after = rest.split(end)[1] ?? "\n";
  writeFileSync(path, `${before}${begin}\n\n${figures.trimEnd()}\n\n${end}${after}`);
}
