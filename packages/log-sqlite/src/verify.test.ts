import { expect, onTestFinished, test } from "vitest";
import { openSqliteLog } from "./index.ts";
import { temporaryFolder } from "./test-parts/temporary-folder.ts";

test("what is trimmed and deleted while it is checked is not taken for missing", async () => {
  const { log, verify, close } = await openSqliteLog({ directory: temporaryFolder() });
  onTestFinished(close);
  const streams = Array.from({ length: 200 }, (_, index) => `s${index}`);
  const entries = Array.from({ length: 100 }, () => new Uint8Array(100));
  await Promise.all(streams.map((stream) => log.append(stream, 0, entries)));
  let trimming = true;
  const trim = async (): Promise<void> => {
    // The last ones first: those are looked at last.
    for (const stream of streams.toReversed()) await log.trim(stream, 50);
    trimming = false;
  };
  const check = async (): Promise<void> => {
    while (trimming) expect(await verify()).toMatchObject({ streams: 200, damage: [] });
  };
  await Promise.all([trim(), check()]);
  expect(await verify()).toMatchObject({ streams: 200, entries: 10_000, damage: [] });
});
