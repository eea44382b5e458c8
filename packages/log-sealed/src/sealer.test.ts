import { randomBytes } from "node:crypto";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { createSealer } from "./sealer.ts";
import { parseSealingKeys } from "./sealing-key.ts";

const key = (id: string) => ({ id, secret: new Uint8Array(randomBytes(32)) });
const [old, fresh] = [key("2026-01"), key("2026-11")];
const sealer = createSealer({ keys: [old] });

describe("a sealer", () => {
  test("gives back exactly what it sealed, whatever the bytes and the place", () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 200 }), fc.string({ unit: "binary" }), (bytes, place) => {
        const sealed = sealer.seal(bytes, place);
        expect(sealer.open(sealed, place)).toEqual(bytes);
        expect(createSealer({ keys: [old] }).open(sealed, place)).toEqual(bytes);
        expect(sealer.seal(bytes, place)).not.toEqual(sealed);
      }),
    );
  });

  test("seals parts as it does the whole of them", () => {
    fc.assert(
      fc.property(fc.array(fc.uint8Array({ maxLength: 50 })), fc.string(), (parts, place) => {
        const whole = Buffer.concat(parts);
        const sealed = Buffer.concat(sealer.sealParts(parts, place));
        expect(Buffer.from(sealer.open(sealed, place)).equals(whole)).toBe(true);
        expect(sealed.byteLength).toBe(sealer.seal(whole, place).byteLength);
      }),
    );
  });

  test("opens nothing that was changed by a single bit, cut short, or meant for another place", () => {
    const sealed = sealer.seal(new TextEncoder().encode("one two three"), "here");
    for (let bit = 0; bit < sealed.byteLength * 8; bit++) {
      const changed = sealed.slice();
      changed[bit >> 3] = (changed[bit >> 3] ?? 0) ^ (1 << (bit & 7));
      expect(() => sealer.open(changed, "here")).toThrow(expect.objectContaining({ name: "LogError" }));
    }
    for (let length = 0; length < sealed.byteLength; length++) {
      expect(() => sealer.open(sealed.subarray(0, length), "here")).toThrow(
        expect.objectContaining({ name: "LogError" }),
      );
    }
    expect(() => sealer.open(sealed, "there")).toThrow(expect.objectContaining({ code: "damaged" }));
  });

  test("with a new key put first seals with that one and opens what either has sealed", () => {
    const bytes = new Uint8Array([1, 2, 3]);
    const before = sealer.seal(bytes, "p");
    const rotated = createSealer({ keys: [fresh, old] });
    const after = rotated.seal(bytes, "p");
    expect(rotated.open(before, "p")).toEqual(bytes);
    expect(rotated.open(after, "p")).toEqual(bytes);
    const onlyFresh = createSealer({ keys: [fresh] });
    expect(onlyFresh.open(after, "p")).toEqual(bytes);
    expect(() => onlyFresh.open(before, "p")).toThrow(
      expect.objectContaining({
        code: "unsupported",
        message: "what is stored was sealed with key 2026-01, which is missing: give it behind the first",
        details: { place: "p", key: "2026-01" },
      }),
    );
    const impostor = createSealer({ keys: [{ ...key("2026-01") }] });
    expect(() => impostor.open(before, "p")).toThrow(expect.objectContaining({ code: "damaged" }));
  });

  test("takes what nobody has sealed only where it is told to", () => {
    const plain = new Uint8Array([8, 1]);
    expect(() => sealer.open(plain, "p")).toThrow(expect.objectContaining({ code: "damaged" }));
    expect(createSealer({ keys: [old], acceptPlain: true }).open(plain, "p")).toEqual(plain);
  });

  test("never uses a nonce twice under one key", () => {
    const heads = new Set<string>();
    for (let i = 0; i < 1000; i++) {
      const sealed = sealer.seal(new Uint8Array(0), "p");
      heads.add(Buffer.from(sealed.subarray(0, -16)).toString("hex"));
    }
    expect(heads.size).toBe(1000);
  });
});

describe("keys", () => {
  const encoded = Buffer.from(randomBytes(32)).toString("base64");

  test("are read from text, the first one to seal with", () => {
    const keys = parseSealingKeys(`b:${encoded}, a:${Buffer.alloc(32).toString("base64")}`);
    expect(keys.map(({ id, secret }) => [id, secret.byteLength])).toEqual([
      ["b", 32],
      ["a", 32],
    ]);
  });

  test.each([
    ["nothing", ""],
    ["no id", encoded],
    ["too short a key", "a:c2hvcnQ="],
    ["a key that is no Base64", `a:${"!".repeat(44)}`],
    ["an id with a blank", `a b:${encoded}`],
    ["two of one id", `a:${encoded},a:${encoded}`],
  ])("are refused with %s, without being repeated", (_, text) => {
    const error = (() => {
      try {
        return parseSealingKeys(text);
      } catch (thrown) {
        return thrown as Error;
      }
    })();
    expect(error).toBeInstanceOf(RangeError);
    expect(String(error)).not.toContain(encoded.slice(0, 8));
    expect(String(error)).not.toContain("c2hvcnQ");
  });
});
