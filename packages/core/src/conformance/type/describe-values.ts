import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { parseValue } from "../../parse-value.ts";
import { fromPayload, type Payload, toPayload, type ValueRecord } from "../../payload.ts";
import { payloadEquals } from "../../payload-equality.ts";
import { arbitraryPayload } from "./arbitrary-payload.ts";
import { sampleSpace } from "./sample-space.ts";
import { canonical, type TypeSpec } from "./type-spec.ts";

/** Registers what holds of the values that a type takes and stores. */
export function describeValues<V, C extends ValueRecord>(spec: TypeSpec<V, C>): void {
  const { type, runs: numRuns = 200 } = spec;

  const parse = (constraints: C, input: unknown): V => {
    const parsed = parseValue(type, constraints, input, "value");
    if (parsed.kind === "refused") throw new Error(`${type.name} refuses a valid value: ${parsed.refusal.message}`);
    return parsed.value;
  };
  const constraints = spec.constraints.map((written) => canonical(type, written));
  const cases = constraints.chain((limits) => spec.valid(limits).map((input) => ({ limits, input })));
  const forAll = (law: (value: V, limits: C) => void) =>
    fc.assert(
      fc.property(cases, ({ limits, input }) => {
        law(parse(limits, input), limits);
      }),
      { numRuns },
    );

  describe("values", () => {
    test("what is let through satisfies its constraints", () => {
      forAll((value, limits) => expect(spec.satisfies(value, limits)).toBe(true));
    });

    test("parsing is idempotent", () => {
      forAll((value, limits) => expect(type.equals(parse(limits, value), value)).toBe(true));
    });

    test("decoding gives back what was encoded", () => {
      forAll((value) => {
        const stored = type.encode(value);
        expect(type.equals(type.decode(stored), value)).toBe(true);
        expectPayload(type.encode(type.decode(stored)), stored);
      });
    });

    test("the stored form is one that can be stored and sent, and parses to itself", () => {
      forAll((value, limits) => {
        const stored = type.encode(value);
        expect(() => toPayload(fromPayload(stored))).not.toThrow();
        expectPayload(type.encode(parse(limits, type.decode(stored))), stored);
      });
    });

    test("the plain form is accepted and gives the same value in the same stored form", () => {
      forAll((value, limits) => {
        const stored = type.encode(value);
        const again = parse(limits, fromPayload(stored));
        expect(type.equals(again, value)).toBe(true);
        expectPayload(type.encode(again), stored);
      });
    });

    test("what is stored does not change with the value that it came from, nor the other way round", () => {
      forAll((value) => {
        const before = type.encode(value);
        const other = type.decode(before);
        const stored = type.encode(other);
        overwrite(other);
        expectPayload(stored, before);
        const another = type.decode(stored);
        overwrite(fromPayload(stored));
        expectPayload(type.encode(another), before);
      });
    });

    test("what a program writes over a value reaches neither its constraints nor a value parsed later", () => {
      fc.assert(
        fc.property(cases, ({ limits, input }) => {
          const plain = fromPayload(type.encode(parse(limits, input)));
          const before = type.encode(parse(limits, plain));
          const constraintsBefore = toPayload(limits);
          overwrite(parse(limits, plain));
          expectPayload(type.encode(parse(limits, plain)), before);
          expectPayload(toPayload(limits), constraintsBefore);
          const schema = type.values(limits);
          overwrite(schema.parse(plain));
          expectPayload(type.encode(schema.parse(plain)), before);
        }),
        { numRuns },
      );
    });

    test("bytes may stand anywhere in a buffer that others use, as those of a network message do", () => {
      forAll((value, limits) => {
        const stored = type.encode(value);
        const moved = moveBytes(stored);
        const read = type.decode(moved);
        const parsed = parse(limits, fromPayload(moved));
        overwrite(fromPayload(moved));
        expectPayload(type.encode(read), stored);
        expectPayload(type.encode(parsed), stored);
      });
    });

    test("a value equals itself however often it is read, and only what is stored alike", () => {
      fc.assert(
        fc.property(
          constraints.chain((limits) => fc.tuple(fc.constant(limits), spec.valid(limits), spec.valid(limits))),
          ([limits, left, right]) => {
            const [a, b] = [parse(limits, left), parse(limits, right)];
            expect(type.equals(a, parse(limits, left))).toBe(true);
            expect(type.equals(a, b)).toBe(type.equals(b, a));
            if (payloadEquals(type.encode(a), type.encode(b))) expect(type.equals(a, b)).toBe(true);
          },
        ),
        { numRuns },
      );
    });

    test("every point of the space is valid", () => {
      const points = constraints.chain((limits) => {
        const space = type.space(limits);
        return space === undefined ? fc.constant(undefined) : sampleSpace(space).map((point) => ({ limits, point }));
      });
      fc.assert(
        fc.property(points, (sampled) => {
          if (sampled !== undefined) parse(sampled.limits, sampled.point);
        }),
        { numRuns },
      );
    });
  });

  describeStoredForms(spec);
}

function describeStoredForms<V, C extends ValueRecord>({ type, garbage = [], runs = 200 }: TypeSpec<V, C>): void {
  const decodes = (payload: Payload): Payload | undefined => {
    let value: V;
    try {
      value = type.decode(payload);
    } catch (error) {
      expect(error).toBeInstanceOf(TypeError);
      return undefined;
    }
    return type.encode(value);
  };

  describe("stored forms", () => {
    test("a payload decodes exactly, or not at all", () => {
      fc.assert(
        fc.property(arbitraryPayload, (payload) => {
          const again = decodes(payload);
          if (again !== undefined) expectPayload(again, payload);
        }),
        { numRuns: 5 * runs },
      );
    });

    test("some kinds of payload never decode", () => {
      expect(decodes({ kind: "null" })).toBeUndefined();
      expect(decodes({ kind: "list", value: [{ kind: "null" }] })).toBeUndefined();
      expect(decodes({ kind: "map", value: new Map() })).toBeUndefined();
    });

    test.runIf(garbage.length > 0)("the garbage given does not decode", () => {
      for (const payload of garbage) expect(decodes(payload), inspect(payload)).toBeUndefined();
    });
  });
}

function expectPayload(actual: Payload, expected: Payload): void {
  if (payloadEquals(actual, expected)) return;
  expect.fail(`${inspect(actual)} is not ${inspect(expected)}`);
}

const inspect = (payload: Payload): string =>
  JSON.stringify(payload, (_, item: unknown) => {
    if (typeof item === "bigint") return `${item}n`;
    if (item instanceof Map) return [...item];
    return ArrayBuffer.isView(item) ? String(item) : item;
  });

/** Bytes whose own `slice` shares them, as that of a Node `Buffer` does. */
class SharedBytes extends Uint8Array {
  override slice(start?: number, end?: number): Uint8Array<ArrayBuffer> {
    return this.subarray(start, end) as Uint8Array<ArrayBuffer>;
  }
}

function shared(bytes: Uint8Array): Uint8Array {
  const moved = new SharedBytes(new ArrayBuffer(bytes.byteLength + 8), 3, bytes.byteLength);
  moved.set(bytes);
  return moved;
}

/** The same payload, with its bytes at an odd place of a larger buffer. */
function moveBytes(payload: Payload): Payload {
  switch (payload.kind) {
    case "bytes":
      return { ...payload, value: shared(payload.value) };
    case "array":
      return { ...payload, value: { ...payload.value, data: shared(payload.value.data) } };
    case "list":
      return { ...payload, value: payload.value.map(moveBytes) };
    case "map":
      return { ...payload, value: new Map(Array.from(payload.value, ([key, item]) => [key, moveBytes(item)])) };
    default:
      return payload;
  }
}

/** Writes over every buffer in a value, as a program that reuses its arrays would. */
function overwrite(value: unknown): void {
  if (ArrayBuffer.isView(value)) {
    new Uint8Array(value.buffer, value.byteOffset, value.byteLength).fill(0x41);
  } else if (typeof value === "object" && value !== null) {
    for (const item of Object.values(value)) overwrite(item);
  }
}
