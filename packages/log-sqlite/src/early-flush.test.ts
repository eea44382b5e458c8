import { readdirSync, readlinkSync, realpathSync, writeFileSync } from "node:fs";
import { type FileHandle, open } from "node:fs/promises";
import { join } from "node:path";
import { expect, onTestFinished, test, vi } from "vitest";
import { createEarlyFlush } from "./early-flush.ts";
import { openSqliteLog } from "./index.ts";
import { temporaryFolder } from "./test-parts/temporary-folder.ts";

/** The files below a folder that this process has open. */
function openBelow(directory: string): string[] {
  const links = readdirSync("/proc/self/fd").flatMap((fd) => {
    try {
      return readlinkSync(`/proc/self/fd/${fd}`);
    } catch {
      return [];
    }
  });
  return links.filter((path) => path.startsWith(directory));
}

test.runIf(process.platform === "linux")(
  "only writes that SQLite does not keep in memory have the file opened",
  async () => {
    const directory = realpathSync(temporaryFolder());
    const path = join(directory, "file");
    writeFileSync(path, "some");
    const early = createEarlyFlush(path);
    for (const before of [0, 8, 16, 25]) early.sectionSent(before);
    await early.close();
    expect(openBelow(directory)).toEqual([]);
    early.sectionSent(32);
    await expect.poll(() => openBelow(directory), { interval: 1 }).toEqual([path]);
    await early.close();
    expect(openBelow(directory)).toEqual([]);
  },
);

test("a file that is not there stops nobody", async () => {
  const early = createEarlyFlush(join(temporaryFolder(), "none"));
  early.sectionSent(24);
  early.sectionSent(32);
  await expect(early.close()).resolves.toBeUndefined();
});

/** So much that it is flushed early, and no part like another. */
function largeValue(): Uint8Array {
  const value = new Uint8Array(33 << 20);
  for (let at = 0; at < value.length; at += 1 << 20) value[at] = at >> 20;
  return value;
}

test.runIf(process.platform === "linux")(
  "a log whose file cannot be closed in order says so, and lets go of its folder",
  async () => {
    const directory = realpathSync(temporaryFolder());
    const first = await openSqliteLog({ directory });
    const other = await open(join(directory, "other"), "w");
    const { datasync } = other;
    await other.close();
    const flushing = vi.spyOn(Object.getPrototypeOf(other), "datasync");
    onTestFinished(() => flushing.mockRestore());
    flushing.mockImplementation(async function (this: unknown) {
      const file = this as FileHandle;
      const { close } = file;
      file.close = () => close().then(() => Promise.reject(new Error("the disk refuses")));
      await datasync.call(file);
    });
    await first.log.appendParts("a", 0, [[new Uint8Array(10), largeValue()]]);
    await expect.poll(() => flushing.mock.calls.length).toBeGreaterThan(0);
    await expect(first.close()).rejects.toThrow("the disk refuses");
    const second = await openSqliteLog({ directory });
    await second.close();
  },
);

test("a log that took large writes holds no file once it is closed", async () => {
  const directory = realpathSync(temporaryFolder());
  const first = await openSqliteLog({ directory });
  const value = largeValue();
  expect(await first.log.appendParts("a", 0, [[new Uint8Array(10), value]])).toBe(true);
  await first.close();
  if (process.platform === "linux") expect(openBelow(directory)).toEqual([]);
  const second = await openSqliteLog({ directory });
  onTestFinished(() => second.close());
  const read = await second.log.read("a", 0, 1);
  expect(
    read.kind === "entries" &&
      Buffer.from(read.entries[0] ?? [])
        .subarray(10)
        .equals(value),
  ).toBe(true);
});
