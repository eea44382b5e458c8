import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { onTestFinished } from "vitest";

/** Makes a folder that goes away with the test. */
export function temporaryFolder(): string {
  const directory = mkdtempSync(join(tmpdir(), "trimtab-log-"));
  onTestFinished(() => rmSync(directory, { recursive: true, force: true }));
  return directory;
}
