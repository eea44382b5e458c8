import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { bfloat16, type FloatFormat, float16 } from "./float-format.ts";

const everyBits = Array.from({ length: 2 ** 16 }, (_, bits) => bits);
const halves = new Uint16Array(1);
const native = new Float16Array(halves.buffer);
const upperHalf = new DataView(new ArrayBuffer(4));

/** What a format's bits stand for, by means of the runtime: binary16 itself, and binary32 of which bfloat16 is the upper half. */
const decoders: Readonly<Record<string, (bits: number) => number>> = {
  float16: (bits) => {
    halves[0] = bits;
    return native[0] as number;
  },
  bfloat16: (bits) => {
    upperHalf.setUint32(0, bits << 16);
    return upperHalf.getFloat32(0);
  },
};

describe.each<[string, FloatFormat]>([
  ["float16", float16],
  ["bfloat16", bfloat16],
])("%s", (name, format) => {
  const decode = decoders[name] as (bits: number) => number;

  it("decodes all 65536 patterns of bits as the runtime does", () => {
    expect(everyBits.filter((bits) => !Object.is(format.decode(bits), decode(bits)))).toEqual([]);
  });

  it("encodes every number that it can hold back into the same bits", () => {
    expect(everyBits.filter((bits) => !Number.isNaN(decode(bits)) && format.encode(decode(bits)) !== bits)).toEqual([]);
    expect(format.decode(format.encode(NaN))).toBeNaN();
  });

  it("knows which bits are no finite number", () => {
    expect(everyBits.filter((bits) => format.isSpecial(bits) !== !Number.isFinite(decode(bits)))).toEqual([]);
  });

  it("rounds to the nearer of two neighbours, and to the even one half-way", () => {
    const finite = everyBits.filter((bits) => bits < 0x7fff && Number.isFinite(decode(bits + 1)));
    for (const low of finite) {
      const [below, above] = [decode(low), decode(low + 1)];
      const middle = (below + above) / 2;
      const spacing = above - below;
      const found = [middle - spacing / 8, middle, middle + spacing / 8].map(format.encode);
      const even = low % 2 === 0 ? low : low + 1;
      if (found[0] !== low || found[1] !== even || found[2] !== low + 1) expect(found).toEqual([low, even, low + 1]);
    }
  });

  it("becomes infinite half a step beyond the largest number, and not before", () => {
    const infinity = everyBits.find((bits) => decode(bits) === Infinity) as number;
    const [last, largest] = [decode(infinity - 2), decode(infinity - 1)];
    const edge = largest + (largest - last) / 2;
    expect(format.encode(edge)).toBe(infinity);
    expect(format.encode(edge * (1 - Number.EPSILON))).toBe(infinity - 1);
    expect(format.encode(-Number.MAX_VALUE)).toBe(infinity | 0x8000);
  });

  it("keeps the order of numbers, and its error within what it says", () => {
    const float = fc.oneof(
      fc.double({ noNaN: true, noDefaultInfinity: true }),
      fc.double({ min: -70000, max: 70000, noNaN: true }),
    );
    fc.assert(
      fc.property(float, float, (a, b) => {
        const [low, high] = a < b ? [a, b] : [b, a];
        const [roundedLow, roundedHigh] = [format.decode(format.encode(low)), format.decode(format.encode(high))];
        expect(roundedLow).toBeLessThanOrEqual(roundedHigh);
        if (!Number.isFinite(roundedLow)) return;
        const bound = Math.max(Math.abs(low) * format.unitRoundoff, format.smallest / 2);
        expect(Math.abs(roundedLow - low)).toBeLessThanOrEqual(bound);
      }),
    );
  });
});

describe("float16", () => {
  it("rounds any number as Math.f16round does", () => {
    const float = fc.oneof(fc.double(), fc.double({ min: -70000, max: 70000 }), fc.double({ min: -1e-4, max: 1e-4 }));
    fc.assert(
      fc.property(float, (value) => Object.is(float16.decode(float16.encode(value)), Math.f16round(value))),
      {
        numRuns: 2000,
      },
    );
  });
});
