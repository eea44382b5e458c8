import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { expect, onTestFinished, test } from "vitest";
import { openSqliteLog } from "./index.ts";
import { temporaryFolder } from "./test-parts/temporary-folder.ts";

test.each(["checksum = 7", "trimmed = 1", "trimmed = 900000"])(
  "a stream whose row is damaged (%s) takes entries again once all of it is given up, and no number twice",
  async (damage) => {
    const directory = temporaryFolder();
    const before = await openSqliteLog({ directory });
    const entries = Array.from({ length: 3 }, () => new Uint8Array(100_000));
    for (const stream of ["a", "b"]) await before.log.append(stream, 0, entries);
    await before.close();
    const db = new DatabaseSync(join(directory, "log.sqlite"));
    db.exec(`UPDATE stream SET ${damage} WHERE name = 'b'`);
    db.close();
    const { log, verify, close } = await openSqliteLog({ directory });
    onTestFinished(close);
    await expect(log.append("b", 3, entries)).rejects.toMatchObject({ code: "damaged" });
    await expect(log.trim("b", 3)).rejects.toMatchObject({ code: "damaged" });
    await log.trim("b", Number.MAX_SAFE_INTEGER);
    expect(await log.read("b", 0)).toEqual({ kind: "trimmed", through: 3 });
    expect(await log.append("b", 3, entries)).toBe(true);
    await expect.poll(async () => (await verify()).damages).toBe(0);
    expect((await log.read("a", 0)).kind).toBe("entries");
  },
);
