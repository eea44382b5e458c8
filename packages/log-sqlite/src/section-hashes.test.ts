import { createHash } from "node:crypto";
import { expect, test } from "vitest";
import { createSectionHashes, forgetHash, giveBackHashes, hashAhead, takeHash, wantHash } from "./section-hashes.ts";

const room = new Uint8Array(100).fill(7);
const section = room.subarray(0, 60);
const expected = createHash("sha256").update(section).digest();

/** Hashes of two slots, of which the second holds a section. */
function wanted() {
  const hashes = createSectionHashes(2);
  wantHash(hashes, 1, section.length);
  return hashes;
}

test("a hash is the same whoever works it out, and is worked out once", () => {
  const [alone, helped] = [wanted(), wanted()];
  expect(Buffer.from(takeHash(alone, 1, section)).equals(expected)).toBe(true);
  expect(hashAhead(alone, 1, room)).toBe(false);
  expect(hashAhead(helped, 1, room)).toBe(true);
  expect(hashAhead(helped, 1, room)).toBe(false);
  // What was worked out ahead is not looked at again.
  expect(Buffer.from(takeHash(helped, 1, new Uint8Array())).equals(expected)).toBe(true);
});

test("nobody looks at a slot that holds no section, or whose section was let go", () => {
  const hashes = wanted();
  expect(hashAhead(hashes, 0, room)).toBe(false);
  forgetHash(hashes, 1);
  expect(hashAhead(hashes, 1, room)).toBe(false);
});

test("a hash that was worked out ahead is not that of the next section in its slot", () => {
  const hashes = wanted();
  hashAhead(hashes, 1, room);
  forgetHash(hashes, 1);
  wantHash(hashes, 1, room.length);
  const next = createHash("sha256").update(room).digest();
  expect(Buffer.from(takeHash(hashes, 1, room)).equals(next)).toBe(true);
});

test("a hash that its thread did not live to finish is worked out by the one that writes", () => {
  const [taken, forgotten] = [wanted(), wanted()];
  for (const hashes of [taken, forgotten]) {
    // Where there is no room for what was worked out, the thread ends in the middle.
    const broken = { ...hashes, hashes: new Uint8Array(new SharedArrayBuffer(0)) };
    expect(() => hashAhead(broken, 1, room)).toThrow(RangeError);
    giveBackHashes(hashes);
  }
  expect(Buffer.from(takeHash(taken, 1, section)).equals(expected)).toBe(true);
  forgetHash(forgotten, 1);
  expect(hashAhead(forgotten, 1, room)).toBe(false);
});

test("what is not under way stays as it is when the thread that works ahead ends", () => {
  const [known, unbegun] = [wanted(), wanted()];
  hashAhead(known, 1, room);
  for (const hashes of [known, unbegun]) giveBackHashes(hashes);
  expect(Buffer.from(takeHash(known, 1, new Uint8Array())).equals(expected)).toBe(true);
  expect(Buffer.from(takeHash(unbegun, 1, section)).equals(expected)).toBe(true);
  expect(hashAhead(unbegun, 0, room)).toBe(false);
});
