import { mkdirSync, renameSync, rmSync } from "node:fs";
import { join } from "node:path";
import { isLogError } from "@trimtab/log";
import { expect, test } from "vitest";
import { openSqliteLog } from "./index.ts";
import { temporaryFolder } from "./test-parts/temporary-folder.ts";

test.each([
  ["removed", () => {}],
  ["replaced", (directory: string) => mkdirSync(directory)],
])(
  "a log whose folder is %s takes no writes, gives what it has, and takes writes again in its place",
  async (_, replace) => {
    const directory = join(temporaryFolder(), "data");
    const elsewhere = `${directory}-elsewhere`;
    const { log, close } = await openSqliteLog({ directory });
    let last = 0;
    const append = async (): Promise<string> => {
      try {
        if (await log.append("a", last, [new Uint8Array([last])])) last++;
        return "made";
      } catch (error) {
        return isLogError(error) ? `${error.code}: ${error.message}` : String(error);
      }
    };
    expect(await append()).toBe("made");
    renameSync(directory, elsewhere);
    replace(directory);
    // It is looked for now and then.
    await expect.poll(append).toMatch(/^unavailable: .*log\.sqlite was removed or replaced while it was open/);
    expect(await append()).toMatch(/^unavailable/);
    const read = await log.read("a", 0);
    expect(read.kind === "entries" && read.entries).toHaveLength(last);
    rmSync(directory, { recursive: true, force: true });
    renameSync(elsewhere, directory);
    expect(await append()).toBe("made");
    await close();
    const again = await openSqliteLog({ directory });
    const whole = await again.log.read("a", 0);
    expect(whole.kind === "entries" && whole.entries).toHaveLength(last);
    await again.close();
  },
);
