import fc from "fast-check";
import type { Value, ValueRecord } from "../../payload.ts";
import type { Space } from "../../variable-type.ts";

/** Points of a space, as an optimizer may propose them: with the rounding of plain float arithmetic. */
export function sampleSpace(space: Space): fc.Arbitrary<Value> {
  switch (space.kind) {
    case "real":
      return sampleReal(space);
    case "integer":
      return sampleInteger(space);
    case "categorical":
      return fc.constantFrom(...space.choices);
    case "vector":
      return sampleVector(space);
    case "conditional":
      return fc
        .constantFrom(...Object.entries(space.branches))
        .chain(([branch, spaces]) => sampleRecord(spaces).map((parameters) => space.toValue(branch, parameters)));
  }
}

function sampleReal({ min, max, step }: Space & { kind: "real" }): fc.Arbitrary<number> {
  if (step === undefined) return fc.double({ min, max, noNaN: true });
  const steps = Math.min(Math.floor((max - min) / step), Number.MAX_SAFE_INTEGER);
  // Rounding may carry the last point past the maximum, where a sampler has to keep within it.
  return fc
    .maxSafeNat()
    .map((nat) => min + (nat % (steps + 1)) * step)
    .filter((point) => point <= max);
}

function sampleInteger({ min, max, step = 1n }: Space & { kind: "integer" }): fc.Arbitrary<bigint> {
  return fc.bigInt({ min: 0n, max: (max - min) / step }).map((index) => min + index * step);
}

function sampleVector({ dimensions, sphere, min, max }: Space & { kind: "vector" }): fc.Arbitrary<Value> {
  const point = fc.array(fc.double({ min, max, noNaN: true }), { minLength: dimensions, maxLength: dimensions });
  if (!sphere) return point;
  return point
    .filter((components) => Math.hypot(...components) > 0)
    .map((components) => {
      const norm = Math.hypot(...components);
      return components.map((component) => component / norm);
    });
}

const sampleRecord = (spaces: Readonly<Record<string, Space>>): fc.Arbitrary<ValueRecord> =>
  fc.record(Object.fromEntries(Object.entries(spaces).map(([name, space]) => [name, sampleSpace(space)])));
