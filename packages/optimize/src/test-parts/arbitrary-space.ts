import type { Space } from "@trimtab/core";
import fc from "fast-check";
import type { SearchSpace } from "../space/search-space.ts";

const real = fc
  .record({
    min: fc.double({ min: -1e6, max: 1e6, noNaN: true }),
    extent: fc.oneof(fc.constant(0), fc.double({ min: 1e-6, max: 1e6, noNaN: true })),
    step: fc.option(fc.double({ min: 1e-3, max: 1e3, noNaN: true }), { nil: undefined }),
    log: fc.boolean(),
  })
  .map(({ min, extent, step, log }): Space => {
    const low = log ? Math.abs(min) + 1e-6 : min;
    return { kind: "real", min: low, max: low + extent, ...(step !== undefined && { step }), ...(log && { log }) };
  });

const integer = fc
  .record({
    min: fc.oneof(fc.bigInt({ min: -1000n, max: 1000n }), fc.bigInt({ min: -(2n ** 62n), max: 2n ** 62n })),
    extent: fc.oneof(fc.bigInt({ min: 0n, max: 20n }), fc.bigInt({ min: 0n, max: 2n ** 61n })),
    step: fc.option(fc.bigInt({ min: 1n, max: 50n }), { nil: undefined }),
    log: fc.boolean(),
  })
  .map(({ min, extent, step, log }): Space => {
    const low = log ? (min < 0n ? -min : min) + 1n : min;
    return { kind: "integer", min: low, max: low + extent, ...(step !== undefined && { step }), ...(log && { log }) };
  });

const choices = fc.uniqueArray(fc.oneof(fc.string(), fc.boolean(), fc.constant(null)), { minLength: 1, maxLength: 6 });
const categorical = choices.map((each): Space => ({ kind: "categorical", choices: each }));

const vector = fc
  .record({ dimensions: fc.integer({ min: 1, max: 4 }), sphere: fc.boolean() })
  .map(({ dimensions, sphere }): Space => ({ kind: "vector", dimensions, sphere, min: -1, max: 1 }));

// "/" and "~" are what paths escape.
const name = fc.string({ unit: fc.constantFrom("a", "b", "/", "~", "1"), minLength: 1, maxLength: 4 });

const conditional = (depth: number): fc.Arbitrary<Space> =>
  fc
    .dictionary(name, fc.dictionary(name, spaceOf(depth - 1), { maxKeys: 2 }), { minKeys: 1, maxKeys: 3 })
    .map((branches) => ({ kind: "conditional", branches, toValue: (branch, parameters) => ({ branch, parameters }) }));

function spaceOf(depth: number): fc.Arbitrary<Space> {
  const leaf = fc.oneof(real, integer, categorical, vector);
  return depth === 0 ? leaf : fc.oneof({ weight: 4, arbitrary: leaf }, { weight: 1, arbitrary: conditional(depth) });
}

/** Search spaces of one to four parameters of every kind, choices within choices included. */
export const arbitrarySpace: fc.Arbitrary<SearchSpace> = fc.dictionary(name, spaceOf(2), { minKeys: 1, maxKeys: 4 });
