import { execFileSync } from "node:child_process";
import { closeSync, mkdirSync, mkdtempSync, openSync, rmSync, writeSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { onTestFinished } from "vitest";

const run = (command: string, ...args: readonly string[]): void => void execFileSync(command, args);

/** Says whether there can be disks of one's own here. */
export const canMount = process.platform === "linux" && process.getuid?.() === 0;

/** Mounts a disk in memory, which goes away with the test. */
export function mountSmallDisk(megabytes: number): string {
  const base = mkdtempSync(join(tmpdir(), "trimtab-disk-"));
  const directory = join(base, "mounted");
  mkdirSync(directory);
  onTestFinished(() => rmSync(base, { recursive: true }));
  run("mount", "-t", "tmpfs", "-o", `size=${megabytes}m`, "tmpfs", directory);
  onTestFinished(() => run("umount", "--lazy", directory));
  return directory;
}

/** Makes a file that leaves no room for anything else. */
export function fillUp(path: string): void {
  const file = openSync(path, "w");
  for (let size = 1 << 20; size >= 1; ) {
    try {
      writeSync(file, new Uint8Array(size));
    } catch {
      size = Math.floor(size / 2);
    }
  }
  closeSync(file);
}
