import { once } from "node:events";
import { mkdtempSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, onTestFinished, test, vi } from "vitest";
import { watchFile } from "./watch-file.ts";

test("a file that is away for a while, and one that is written again as it was, have not changed", async () => {
  vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout"] });
  const folder = mkdtempSync(join(tmpdir(), "trimtab-watch-"));
  const path = join(folder, "tokens.json");
  writeFileSync(path, "one");
  const onChange = vi.fn();
  const watcher = watchFile(path, onChange);
  onTestFinished(() => {
    watcher.close();
    vi.useRealTimers();
    rmSync(folder, { recursive: true });
  });
  for (const [change, changes] of [
    [() => rmSync(path), 0],
    [() => writeFileSync(path, "one"), 0],
    [() => writeFileSync(path, "two"), 1],
    [() => renameSync(path, `${path}.old`), 1],
    [() => renameSync(`${path}.old`, path), 1],
  ] as const) {
    const seen = once(watcher, "change");
    change();
    await seen;
    vi.advanceTimersByTime(100);
    expect(onChange).toHaveBeenCalledTimes(changes);
  }
});
