import { type FSWatcher, readFileSync, watch } from "node:fs";
import { basename, dirname } from "node:path";

/** How long a file must rest before it is read: one that is written in place is empty at first. */
const settleMs = 100;

/**
 * Calls back once a file's content has changed and rests. Watches the folder, since a file is often changed by putting another
 * in its place; Kubernetes does so with the folder's `..data`. It keeps no process alive.
 */
export function watchFile(path: string, onChange: () => void): FSWatcher {
  const name = basename(path);
  let last = contentOf(path);
  const look = () => {
    const content = contentOf(path);
    // Nothing is there for a moment while a file is replaced, and one event often comes several times.
    if (content === undefined || content === last) return;
    last = content;
    onChange();
  };
  let timer: NodeJS.Timeout | undefined;
  const watcher = watch(dirname(path), { persistent: false }, (_, changed) => {
    if (changed !== null && changed !== name && !changed.startsWith("..")) return;
    clearTimeout(timer);
    timer = setTimeout(look, settleMs);
  });
  return watcher.on("error", () => watcher.close());
}

function contentOf(path: string): string | undefined {
  try {
    return readFileSync(path, "utf8");
  } catch {
    return undefined;
  }
}
