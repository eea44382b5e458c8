import { mkdirSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import type { RecordedStep } from "./recorded-writes.ts";
import { temporaryFolder } from "./temporary-folder.ts";

/** What becomes of what was not flushed when the power fails. */
export interface Fate {
  /** Says whether one of the changes to a file's sectors, or to its size, came to the disk. */
  readonly sector: () => boolean;
  /** How many of so many changes of names did; they come to the disk in their order. */
  readonly names: (count: number) => number;
}

interface File {
  durable: Buffer;
  unflushed: RecordedStep[];
}

/** What a sector of a disk holds at least; it is written as a whole or not at all. */
const sectorBytes = 512;

/** All of it did, as where a process is killed and the machine goes on. */
export const everything: Fate = { sector: () => true, names: (count) => count };

/** Nothing of it did. */
export const leastOfAll: Fate = { sector: () => false, names: () => 0 };

/** Some of it did, as a seed has it. */
export function randomFate(seed: number): Fate {
  const random = createRandom(seed);
  const share = [0, 0.1, 0.5, 0.9, 0.99, 1][Math.floor(random() * 6)] ?? 0;
  if (share === 1) return everything;
  return { sector: () => random() < share, names: (count) => Math.floor(random() * (count + 1)) };
}

/** Numbers from 0 on and below 1. */
function createRandom(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

/**
 * Makes the files that a disk holds after the steps of a record, in a folder that goes away with the test: everything that was flushed by
 * then, and of the rest, in whatever order it was written, what its fate is.
 */
export function filesAfter(steps: readonly RecordedStep[], fate: Fate): string {
  const target = temporaryFolder();
  const disk = createDisk();
  for (const step of steps) disk.take(step);
  for (const [path, file] of disk.names(fate)) {
    mkdirSync(dirname(join(target, path)), { recursive: true });
    if (file === "folder") mkdirSync(join(target, path), { recursive: true });
    else writeFileSync(join(target, path), contentsOf(file, fate));
  }
  return target;
}

type Names = Map<string, File | "folder">;
type Naming = { readonly path: string; readonly change: (names: Names) => void };

function createDisk() {
  const names: Names = new Map();
  const durable: Names = new Map();
  let unflushed: Naming[] = [];
  const fileAt = (path: string): File | undefined => {
    const found = names.get(path);
    return found === "folder" ? undefined : found;
  };
  const rename = (path: string, change: (names: Names) => void): void => {
    change(names);
    unflushed.push({ path, change });
  };
  const flush = (path: string): void => {
    const file = fileAt(path);
    if (file !== undefined) {
      file.durable = contentsOf(file, { sector: () => true });
      file.unflushed = [];
      return;
    }
    for (const naming of unflushed) if (isIn(path, naming.path)) naming.change(durable);
    unflushed = unflushed.filter((naming) => !isIn(path, naming.path));
  };
  return {
    take(step: RecordedStep): void {
      const { kind, path } = step;
      const file: File = { durable: Buffer.alloc(0), unflushed: [] };
      if (kind === "create") rename(path, (each) => each.set(path, file));
      else if (kind === "folder") rename(path, (each) => each.set(path, "folder"));
      else if (kind === "remove") rename(path, (each) => each.delete(path));
      else if (kind === "rename") rename(path, (each) => move(each, path, Buffer.from(step.data).toString()));
      else if (kind === "flush") flush(path);
      else if (kind === "write" || kind === "truncate") fileAt(path)?.unflushed.push(step);
    },
    names(fate: Fate): Names {
      const left: Names = new Map(durable);
      for (const { change } of unflushed.slice(0, fate.names(unflushed.length))) change(left);
      return left;
    },
  };
}

const isIn = (folder: string, path: string): boolean => (dirname(path) === "." ? "" : dirname(path)) === folder;

function move(names: Names, from: string, to: string): void {
  const file = names.get(from);
  if (file === undefined) return;
  names.delete(from);
  names.set(to, file);
}

function contentsOf({ durable, unflushed }: File, { sector }: Pick<Fate, "sector">): Buffer {
  if (unflushed.length === 0) return durable;
  const ends = unflushed.map(({ offset, data }) => offset + data.length);
  const contents = Buffer.alloc(ends.reduce((most, end) => Math.max(most, end), durable.length));
  let size = durable.copy(contents);
  for (const { kind, offset, data } of unflushed) {
    if (kind === "truncate" && sector()) {
      contents.fill(0, offset);
      size = offset;
    }
    for (let at = 0; at < data.length; ) {
      const end = Math.min(data.length, at + sectorBytes - ((offset + at) % sectorBytes));
      if (sector()) {
        contents.set(data.subarray(at, end), offset + at);
        size = Math.max(size, offset + end);
      }
      at = end;
    }
  }
  return contents.subarray(0, size);
}
