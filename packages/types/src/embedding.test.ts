import { StoreError } from "@trimtab/core";
import fc from "fast-check";
import { describe, expect, expectTypeOf, it } from "vitest";
import { type EmbeddingDType, embedding, embeddingDtypes, embeddingType } from "./embedding.ts";

const roundoff: Readonly<Record<EmbeddingDType, number>> = { f64: 0, f32: 2 ** -24, f16: 2 ** -11, bf16: 2 ** -8 };

const parse = (constraints: object, input: unknown) =>
  embeddingType.values(embeddingType.constraints.parse(constraints)).parse(input);

describe("embeddingType", () => {
  it("keeps a zero vector where values are normalised, of whatever dtype", () => {
    for (const dtype of embeddingDtypes) {
      expect(Array.from(parse({ normalize: true, dimensions: 768, dtype }, new Array(768).fill(0)))).toEqual(
        new Array(768).fill(0),
      );
    }
    expect(Array.from(parse({ normalize: true }, []))).toEqual([]);
  });

  it.each([
    ["plain", [3, 4], [0.6, 0.8]],
    ["so large that squares overflow", [3e200, 4e200], [0.6, 0.8]],
    ["so small that squares vanish", [3e-200, 4e-200], [0.6, 0.8]],
    ["at both ends of the range", [Number.MAX_VALUE, Number.MIN_VALUE], [1, 0]],
    ["the smallest there is", [0, -Number.MIN_VALUE], [0, -1]],
    ["the largest there is", [Number.MAX_VALUE, Number.MAX_VALUE], [Math.SQRT1_2, Math.SQRT1_2]],
  ])("scales a vector to unit length that is %s", (_, input, unit) => {
    const scaled = parse({ normalize: true }, input);
    for (const [i, component] of scaled.entries()) expect(component).toBeCloseTo(unit[i] as number, 14);
  });

  it("gives a vector of which it can be said that normalising it again changes nothing, near unit length too", () => {
    const nearUnit = fc
      .record({
        direction: fc.array(fc.double({ min: -1, max: 1, noNaN: true }), { minLength: 2, maxLength: 5 }),
        dtype: fc.constantFrom(...embeddingDtypes),
        off: fc.double({ min: -4, max: 4, noNaN: true }),
      })
      .filter(({ direction }) => Math.hypot(...direction) > 0.1);
    fc.assert(
      fc.property(nearUnit, ({ direction, dtype, off }) => {
        const scale = (1 + off * roundoff[dtype]) / Math.hypot(...direction);
        const once = parse(
          { normalize: true, dtype },
          direction.map((component) => component * scale),
        );
        expect(parse({ normalize: true, dtype }, once)).toEqual(once);
        expect(parse({ normalize: true, dtype }, Array.from(once))).toEqual(once);
      }),
      { numRuns: 2000 },
    );
  });

  it("rounds components to the dtype, ties to even, and stores as many bytes as it needs", () => {
    const stored = (dtype: EmbeddingDType, ...input: number[]) => embeddingType.encode(parse({ dtype }, input));
    expect(Array.from(parse({ dtype: "f16" }, [0.1, 2049, 2051, 65519]))).toEqual([0.0999755859375, 2048, 2052, 65504]);
    expect(Array.from(parse({ dtype: "bf16" }, [0.1, 257, 259]))).toEqual([0.10009765625, 256, 260]);
    expect(Array.from(parse({ dtype: "f32" }, [0.1, 2 ** 24 + 1]))).toEqual([Math.fround(0.1), 2 ** 24]);
    expect(Array.from(parse({}, [0.1, -0]))).toEqual([0.1, -0]);
    expect(stored("f16", 1, -2)).toEqual({
      kind: "array",
      value: { dtype: "f16", shape: [2], data: Uint8Array.of(0x00, 0x3c, 0x00, 0xc0) },
    });
    expect(stored("bf16", 1, -2)).toMatchObject({ value: { data: Uint8Array.of(0x80, 0x3f, 0x00, 0xc0) } });
    expect(stored("f32", 1)).toMatchObject({ value: { data: Uint8Array.of(0, 0, 0x80, 0x3f) } });
    expect(stored("f64", 1)).toMatchObject({ value: { data: Uint8Array.of(0, 0, 0, 0, 0, 0, 0xf0, 0x3f) } });
  });

  it.each([
    ["s64", BigInt64Array.of(-2n, 3n), [-2, 3]],
    ["u64", BigUint64Array.of(2n ** 53n), [2 ** 53]],
    ["u8", Uint8Array.of(255), [255]],
    ["u16", Uint16Array.of(0x3c00), [0x3c00]],
    ["f16", Uint16Array.of(0x3c00, 0xc000), [1, -2]],
    ["bf16", Uint16Array.of(0x3f80, 0xc000), [1, -2]],
  ])("takes a stored array of dtype %s", (dtype, elements, numbers) => {
    const data = new Uint8Array(elements.buffer);
    expect(Array.from(parse({}, { dtype, shape: [elements.length], data }))).toEqual(numbers);
  });

  it("reads arrays as programs keep them: clamped bytes, 64-bit integers, parts of a buffer", () => {
    expect(Array.from(parse({}, Uint8ClampedArray.of(1, 300)))).toEqual([1, 255]);
    expect(Array.from(parse({}, BigInt64Array.of(7n)))).toEqual([7]);
    expect(Array.from(parse({}, Float64Array.of(1, 2, 3).subarray(1)))).toEqual([2, 3]);
  });

  it("refuses more than 2^24 components before it makes room for them", () => {
    for (const input of [new Float32Array(2 ** 24 + 1), new Array(2 ** 32 - 1)]) {
      const parsed = embeddingType.values({}).safeParse(input);
      expect(parsed.error?.issues[0]?.message).toMatch(/^must be a list of at most 16777216 numbers, got \d+$/);
    }
  });

  it("copies what it takes", () => {
    const input = Float64Array.of(1, 2);
    const value = parse({}, input);
    input[0] = 9;
    expect(Array.from(value)).toEqual([1, 2]);
  });

  it("stores the metric's own name, and takes every value whichever it is", () => {
    expect(embeddingType.constraints.parse({ distance_metric: "l2" })).toEqual({ distance_metric: "euclidean" });
    expect(embeddingType.constraints.parse({ distance_metric: "l1" })).toEqual({ distance_metric: "manhattan" });
    for (const distance_metric of ["cosine", "euclidean", "dot", "manhattan"]) {
      expect(Array.from(parse({ distance_metric }, [0, 5]))).toEqual([0, 5]);
    }
  });

  it("offers the unit sphere for search, where values are normalised", () => {
    expect(embeddingType.space({ dimensions: 3, normalize: true })).toEqual({
      kind: "vector",
      dimensions: 3,
      sphere: true,
      min: -1,
      max: 1,
    });
    expect(embeddingType.space({ dimensions: 3 })).toBeUndefined();
    expect(embeddingType.space({ normalize: true })).toBeUndefined();
  });
});

describe("embedding", () => {
  it("declares vectors in the array that the dtype asks for, with the default as it is stored", () => {
    const query = embedding({ dimensions: 2, normalize: true, distance_metric: "l2", default: [3, 4] });
    expectTypeOf(query.default).toEqualTypeOf<Float64Array | undefined>();
    expect(query.constraints).toEqual({ dimensions: 2, normalize: true, distance_metric: "euclidean" });
    expect(query.default).toEqual(Float64Array.of(0.6, 0.8));
    expect(embedding({ dtype: "f16", default: [0.1] }).default).toEqual(Float32Array.of(0.0999755859375));
  });

  it("refuses a default of other dimensions, and constraints that are none", () => {
    expect(() => embedding({ dimensions: 2, default: [1] })).toThrow(StoreError);
    expect(() => embedding({ dimensions: 2, default: [1] })).toThrow("must have exactly 2 dimensions, got 1");
    expect(() => embedding({ dimensions: 0 })).toThrow(expect.objectContaining({ reason: "invalid_constraints" }));
  });
});
