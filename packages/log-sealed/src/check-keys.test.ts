import { randomBytes } from "node:crypto";
import { createMemoryLog } from "@trimtab/log";
import { describe, expect, test } from "vitest";
import { checkKeys } from "./check-keys.ts";
import { createSealedLog } from "./sealed-log.ts";
import { createSealer } from "./sealer.ts";

const keyOf = (id: string) => ({ id, secret: new Uint8Array(randomBytes(32)) });
const [known, unknown] = [keyOf("known"), keyOf("unknown")];
const sealerOf = (key = known) => createSealer({ keys: [key] });

/** A log with two entries in each of some streams, sealed in one way or another. */
async function logOf(...sealers: readonly (ReturnType<typeof createSealer> | undefined)[]) {
  const log = createMemoryLog();
  for (const [index, sealer] of sealers.entries()) {
    const target = sealer === undefined ? log : createSealedLog(log, sealer);
    await target.append(`s${index}`, 0, [new Uint8Array([1]), new Uint8Array([2])]);
  }
  return log;
}

describe("the keys of a log", () => {
  test("are right where they open what is there, and where there is nothing", async () => {
    await checkKeys(await logOf(sealerOf(), sealerOf()), sealerOf());
    await checkKeys(await logOf(undefined), undefined);
    await checkKeys(await logOf(undefined), createSealer({ keys: [known], acceptPlain: true }));
    for (const sealer of [sealerOf(), undefined]) await checkKeys(await logOf(), sealer);
  });

  test("may leave some of it unread, as an old one that was taken away does", async () => {
    await checkKeys(await logOf(...Array(20).fill(sealerOf(unknown)), sealerOf()), sealerOf());
  });

  test("are not found right by what is in the clear", async () => {
    const begunInTheClear = await logOf(undefined, undefined, sealerOf(unknown));
    const missing = { code: "unsupported", details: { key: "unknown" } };
    await expect(checkKeys(begunInTheClear, undefined)).rejects.toMatchObject(missing);
    const sealer = createSealer({ keys: [known], acceptPlain: true });
    await expect(checkKeys(begunInTheClear, sealer)).rejects.toMatchObject(missing);
    await checkKeys(await logOf(undefined, sealerOf(unknown), undefined, sealerOf()), sealer);
  });

  test("are looked for among the first hundred that are in the clear", async () => {
    const sealer = createSealer({ keys: [known], acceptPlain: true });
    const behind = (plain: number) => logOf(...Array(plain).fill(undefined), sealerOf(unknown));
    await expect(checkKeys(await behind(99), sealer)).rejects.toMatchObject({ code: "unsupported" });
    await checkKeys(await behind(100), sealer);
  });

  test("are missing, unknown, of another secret, or too many", async () => {
    const sealed = await logOf(sealerOf(unknown));
    await expect(checkKeys(sealed, undefined)).rejects.toMatchObject({ code: "unsupported" });
    await expect(checkKeys(sealed, sealerOf())).rejects.toMatchObject({
      code: "unsupported",
      message: expect.stringContaining("key unknown"),
    });
    await expect(checkKeys(sealed, sealerOf(keyOf("unknown")))).rejects.toMatchObject({ code: "damaged" });
    await expect(checkKeys(await logOf(undefined), sealerOf())).rejects.toMatchObject({
      code: "damaged",
      message: expect.stringContaining("was not sealed"),
    });
  });

  test("are not to blame for what the disk has lost", async () => {
    const log = await logOf(sealerOf(unknown));
    const read = () => Promise.reject(new Error("damaged"));
    await checkKeys({ ...log, read }, sealerOf());
  });
});
