import { byteLengthOf, joined } from "@trimtab/log";
import fc from "fast-check";
import { expect, test } from "vitest";
import { inlineBytes, maxChunkBytes } from "./cut.ts";
import { toSectioned } from "./sectioned.ts";

const sizes = fc.oneof(fc.nat(100), fc.integer({ min: 60 << 10, max: 70 << 10 }), fc.nat(3 << 20));
const parts = fc
  .array(sizes, { maxLength: 8 })
  .map((each) => each.map((size, index) => new Uint8Array(size).fill(index)));

/** The sections as they will be stored. */
function stored(data: ReturnType<typeof toSectioned>): Uint8Array[] {
  if (data instanceof Uint8Array) return [data];
  const whole = joined(data.parts);
  let end = 0;
  return data.sections.map((length) => {
    end += length;
    return whole.subarray(end - length, end);
  });
}

test("sections are all of the data in its order, and none is empty or too large for a chunk", () => {
  fc.assert(
    fc.property(parts, (each) => {
      const sectioned = toSectioned(each);
      expect(Buffer.concat(stored(sectioned)).equals(Buffer.concat(each))).toBe(true);
      if (sectioned instanceof Uint8Array) return;
      expect(byteLengthOf(each)).toBeGreaterThan(inlineBytes);
      for (const length of sectioned.sections) {
        expect(length).toBeGreaterThan(0);
        expect(length).toBeLessThanOrEqual(maxChunkBytes);
      }
    }),
    { numRuns: 50 },
  );
});

test("a large part gives the same sections whatever is before and after it", () => {
  const part = Uint8Array.from({ length: 2_500_000 }, (_, index) => (index * 31) ^ (index >> 9));
  const own = [part.subarray(0, 1 << 20), part.subarray(1 << 20, 2 << 20), part.subarray(2 << 20)];
  fc.assert(
    fc.property(parts, parts, (before, after) => {
      const sections = stored(toSectioned([...before, part, ...after, new Uint8Array(1)]));
      const start = sections.findIndex(({ length, [0]: first }) => length === 1 << 20 && first === part[0]);
      const found = sections.filter(
        (section, index) => index >= start && own.some((each) => Buffer.compare(each, section) === 0),
      );
      expect(found).toHaveLength(own.length);
    }),
    { numRuns: 20 },
  );
});

test("small data is put together, and one part is passed on", () => {
  const part = new Uint8Array(10 << 20);
  expect(toSectioned([part])).toBe(part);
  expect(toSectioned(part)).toBe(part);
  expect(toSectioned([])).toEqual(new Uint8Array());
  expect(toSectioned([new Uint8Array([1]), new Uint8Array([2, 3])])).toEqual(new Uint8Array([1, 2, 3]));
});
