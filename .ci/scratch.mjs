import { mkdtempSync, realpathSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

/** Makes an empty folder outside the checkout; the caller removes it. */
export function createScratch() {
  return mkdtempSync(join(realpathSync(tmpdir()), "trimtab-"));
}
