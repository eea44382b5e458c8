import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { onTestFinished } from "vitest";

/** A folder of its own for the test that is running, which is gone with it. */
export function temporaryFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), "trimtab-data-"));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}
