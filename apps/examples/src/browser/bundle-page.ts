import { copyFile, mkdir } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { rolldown } from "rolldown";

/** The page's sources, from here and from where this is built to. */
const page = fileURLToPath(new URL("../../src/browser/page", import.meta.url));

/** Writes the page into a folder, ready to be served: its HTML, its style sheets, and all of its code as one `page.js`. */
export async function bundlePage(folder: string): Promise<void> {
  await mkdir(folder, { recursive: true });
  const bundle = await rolldown({
    input: join(page, "main.ts"),
    platform: "browser",
    // Packages of this workspace are taken from their sources, so that the page is never older than they are.
    resolve: { conditionNames: ["@trimtab/source", "browser", "import", "default"] },
    onLog(level, log) {
      if (level === "warn") throw new Error(`bundling the page: ${log.message}`);
    },
  });
  await bundle.write({ file: join(folder, "page.js"), format: "esm", minify: true });
  await bundle.close();
  for (const file of ["index.html", "style.css", "form.css"]) await copyFile(join(page, file), join(folder, file));
}
