import { randomBytes } from "node:crypto";
import { createMemoryLog, createMemorySnapshots, LogError } from "@trimtab/log";
import { expect, test } from "vitest";
import { findUnopened, type Unopened } from "./find-unopened.ts";
import { createSealedLog, createSealedSnapshots } from "./sealed-log.ts";
import { createSealer } from "./sealer.ts";

const keyOf = (id: string) => ({ id, secret: new Uint8Array(randomBytes(32)) });
const [before, now] = [keyOf("before"), keyOf("now")];
const one = new Uint8Array([1]);

/** A log that was begun in the clear, sealed with one key and then with another; with a stream that is trimmed. */
async function rotated() {
  const [log, snapshots] = [createMemoryLog(), createMemorySnapshots()];
  await log.append("a", 0, [one]);
  for (const [index, key] of [before, now].entries()) {
    const sealer = createSealer({ keys: [key] });
    await createSealedLog(log, sealer).append("a", 1 + 2 * index, [one, one]);
    await createSealedLog(log, sealer).append("b", index, [one]);
    await createSealedSnapshots(snapshots, sealer).save("a", 1 + 2 * index, one);
  }
  await log.trim("b", 1);
  return { log, snapshots };
}

async function findIn(
  { log, snapshots }: Awaited<ReturnType<typeof rotated>>,
  options: Parameters<typeof createSealer>[0],
) {
  const found: Unopened[] = [];
  for await (const each of findUnopened(log, snapshots, createSealer(options))) found.push(each);
  return found;
}

test("what a sealer does not open is found in every stream, and why", async () => {
  const stored = await rotated();
  expect(await findIn(stored, { keys: [now, before], acceptPlain: true })).toEqual([]);
  expect(await findIn(stored, { keys: [now] })).toEqual([
    { kind: "entry", stream: "a", number: 1, count: 1, error: expect.objectContaining({ code: "damaged" }) },
    { kind: "entry", stream: "a", number: 2, count: 2, error: expect.objectContaining({ code: "unsupported" }) },
    { kind: "snapshot", stream: "a", number: 1, count: 1, error: expect.objectContaining({ code: "unsupported" }) },
  ]);
});

test("what the log itself has lost is passed over, and what comes after it is not", async () => {
  const { log, snapshots } = await rotated();
  const read: typeof log.read = async (stream, after, limit) => {
    if (stream === "a" && after < 2) throw new LogError("damaged", "lost", {});
    return log.read(stream, after, limit);
  };
  expect(await findIn({ log: { ...log, read }, snapshots }, { keys: [now] })).toMatchObject([
    { kind: "entry", number: 3, count: 1 },
    { kind: "snapshot" },
  ]);
});
