import { createMemoryLog, createMemorySnapshots, createMemorySummaries } from "@trimtab/log";
import { expectRefused, noFunctions, noLists, noNumbers, noObjects, noTexts } from "@trimtab/log/conformance";
import { expect, test } from "vitest";
import { checkKeys } from "./check-keys.ts";
import { findUnopened } from "./find-unopened.ts";
import { createSealedLog, createSealedSnapshots, createSealedSummaries } from "./sealed-log.ts";
import { createSealer, unlessSealed } from "./sealer.ts";
import { parseSealingKeys, type SealingKey } from "./sealing-key.ts";

const key = (parts: object = {}): SealingKey => ({ id: "a", secret: new Uint8Array(32), ...parts });
const sealer = createSealer({ keys: [key()] });
const data = new Uint8Array([1]);

test.each<[string, readonly unknown[]]>([
  ['keys[0].id must be 1 to 32 letters, digits, "_", "." and "-"', [key({ id: undefined })]],
  // A longer one would not be told from what is sealed, and one beyond ASCII not be found again.
  ["keys[0].id must be", [key({ id: "x".repeat(33) })]],
  ["keys[1].id must be", [key(), key({ id: "schlüssel" })]],
  ["keys[0].id must be", [null]],
  ["keys[0].id must be", ["a:secret"]],
  ["keys[0].secret must be 32 bytes, got 16", [key({ secret: new Uint8Array(16) })]],
  ["keys[0].secret must be 32 bytes, got string", [key({ secret: "secret" })]],
  ["keys[0].secret must be 32 bytes, got undefined", [key({ secret: undefined })]],
  // One would seal and the other open.
  ["two keys are called a", [key(), key({ secret: new Uint8Array(32).fill(1) })]],
  ["keys must hold a key, got none", []],
])("%s, which no sealer is made of otherwise", (message, keys) => {
  expect(() => createSealer({ keys: keys as never })).toThrow(message);
});

test("options of a sealer are refused by name, and nothing of a key is repeated", async () => {
  await expectRefused("acceptPlain", ["false", 0, 1, null, {}], (acceptPlain) =>
    createSealer({ keys: [key()], acceptPlain }),
  );
  await expectRefused("keys", noLists, (keys) => createSealer({ keys }));
  await expectRefused("options", [undefined, null, 1, []], createSealer);
  await expectRefused("keys", noTexts, parseSealingKeys);
  expect(() => createSealer({ keys: "a:secret" as never })).toThrow(/^keys must be a list, got string$/);
  expect(() => createSealer({ keys: [key()], acceptplain: true } as never)).toThrow(
    "acceptplain: options has no such field",
  );
});

test("what a sealer works on is refused by name", async () => {
  const sealed = sealer.seal(data, "here");
  await expectRefused("bytes", [...noLists, [1]], (bytes) => sealer.seal(bytes, "here"));
  await expectRefused("parts", [...noLists, [1], ["a"]], (parts) => sealer.sealParts(parts, "here"));
  await expectRefused("sealed", [...noLists, [1]], (wrong) => sealer.open(wrong, "here"));
  await expectRefused("place", noTexts, (place) => sealer.seal(data, place));
  await expectRefused("place", noTexts, (place) => sealer.sealParts([data], place));
  await expectRefused("place", noTexts, (place) => sealer.open(sealed, place));
  await expectRefused("decode", [undefined, ...noFunctions], unlessSealed);
  expect(sealer.open(sealed, "here")).toEqual(data);
});

test("layers without what they stand on are refused by name", async () => {
  const [log, snapshots, summaries] = [createMemoryLog(), createMemorySnapshots(), createMemorySummaries()];
  const unopened = (...args: Parameters<typeof findUnopened>) => findUnopened(...args).next();
  await expectRefused("log", noObjects, (wrong) => createSealedLog(wrong, sealer));
  await expectRefused("sealer", noObjects, (wrong) => createSealedLog(log, wrong));
  await expectRefused("snapshots", noObjects, (wrong) => createSealedSnapshots(wrong, sealer));
  await expectRefused("sealer", noObjects, (wrong) => createSealedSnapshots(snapshots, wrong));
  await expectRefused("summaries", noObjects, (wrong) => createSealedSummaries(wrong, sealer));
  await expectRefused("sealer", noObjects, (wrong) => createSealedSummaries(summaries, wrong));
  await expectRefused("log", noObjects, (wrong) => checkKeys(wrong, sealer));
  await expectRefused("sealer", noObjects.slice(1), (wrong) => checkKeys(log, wrong));
  await expectRefused("log", noObjects, (wrong) => unopened(wrong, snapshots, sealer));
  await expectRefused("snapshots", noObjects, (wrong) => unopened(log, wrong, sealer));
  await expectRefused("sealer", noObjects, (wrong) => unopened(log, snapshots, wrong));
});

test("entries that are no bytes are refused before they are sealed", async () => {
  const below = createMemoryLog();
  const log = createSealedLog(below, sealer);
  const snapshots = createSealedSnapshots(createMemorySnapshots(), sealer);
  const noBytes = [...noLists, [1], ["a"]];
  await expectRefused("bytes", noBytes, (entry) => log.append("s", 0, [entry]));
  await expectRefused("bytes", noBytes, (wrong) => snapshots.save("s", 1, wrong));
  await expectRefused("after", noNumbers, (after) => log.appendParts("s", after, [[data]]));
  expect(await below.read("s", 0)).toEqual({ kind: "entries", first: 1, entries: [] });
});
