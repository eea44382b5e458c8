import { execFileSync } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync, truncateSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { onTestFinished } from "vitest";

/** A disk of its own, which can be filled and broken without harm. */
export interface SmallDisk {
  readonly directory: string;
  /** The device, for disks that have one. */
  readonly device: string;
  run(command: string, ...args: readonly string[]): void;
}

const run = (command: string, ...args: readonly string[]): string =>
  execFileSync(command, args, { encoding: "utf8", stdio: ["ignore", "pipe", "pipe"] });

/** Why there can be no disk of one's own here; undefined where there can. */
export function whyNoDisk(): string | undefined {
  if (process.platform !== "linux") return "only Linux mounts a disk as these tests do";
  if (process.getuid?.() !== 0) return "only root may mount a disk";
  return undefined;
}

/** Mounts a disk in memory, or one with a file system in a file; it goes away with the test. */
export function mountSmallDisk(kind: "tmpfs" | "ext4", megabytes: number): SmallDisk {
  const base = mkdtempSync(join(tmpdir(), "trimtab-disk-"));
  const directory = join(base, "mounted");
  mkdirSync(directory);
  onTestFinished(() => rmSync(base, { recursive: true }));
  if (kind === "tmpfs") run("mount", "-t", "tmpfs", "-o", `size=${megabytes}m`, "tmpfs", directory);
  else {
    const image = join(base, "image");
    writeFileSync(image, "");
    truncateSync(image, megabytes << 20);
    run("mkfs.ext4", "-q", image);
    run("mount", "-o", "loop,errors=remount-ro", image, directory);
  }
  onTestFinished(() => void run("umount", "--lazy", directory));
  return { directory, device: run("findmnt", "-no", "SOURCE", directory).trim(), run };
}
