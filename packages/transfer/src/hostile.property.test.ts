import { isStoreError } from "@trimtab/core";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { decodeExport } from "./decode-export.ts";
import { encodeExport } from "./encode-export.ts";
import { fromPlain, toPlain } from "./plain/plain-variable.ts";
import { fromSafetensors } from "./safetensors/safetensors.ts";
import { arbitraryExport, variable } from "./test-parts/arbitrary-export.ts";
import { type TransferFormat, transferFormats } from "./transfer-format.ts";

const formats = Object.keys(transferFormats) as TransferFormat[];

/** Whatever is read either is an export that can be written again, or is refused as malformed and by name. */
function checkOutcome(file: Uint8Array, format?: TransferFormat): void {
  let data: ReturnType<typeof decodeExport>;
  try {
    data = decodeExport(file, format, { nowMs: 0 });
  } catch (error) {
    if (!isStoreError(error, "invalid_argument")) throw error;
    expect(error.message.startsWith(error.details.field)).toBe(true);
    expect(error.details.field).toMatch(/^data/);
    return;
  }
  expect(decodeExport(encodeExport(data, "binary"), "binary")).toEqual(data);
  expect(Object.getPrototypeOf({})).toBe(Object.prototype);
  expect(({} as Record<string, unknown>)["polluted"]).toBeUndefined();
}

const damage = fc.oneof(
  fc.record({ kind: fc.constant("cut" as const), at: fc.nat() }),
  fc.record({ kind: fc.constant("set" as const), at: fc.nat(), byte: fc.nat(255) }),
  fc.record({ kind: fc.constant("insert" as const), at: fc.nat(), bytes: fc.uint8Array({ maxLength: 12 }) }),
  fc.record({ kind: fc.constant("drop" as const), at: fc.nat(), count: fc.integer({ min: 1, max: 40 }) }),
);

type Damage = typeof damage extends fc.Arbitrary<infer D> ? D : never;

function applyDamage(file: Uint8Array, each: Damage): Uint8Array {
  const at = file.byteLength === 0 ? 0 : each.at % file.byteLength;
  const [head, tail] = [file.subarray(0, at), file.subarray(at)];
  switch (each.kind) {
    case "cut":
      return head.slice();
    case "set":
      return Uint8Array.of(...head, each.byte, ...tail.subarray(1));
    case "insert":
      return Uint8Array.of(...head, ...each.bytes, ...tail);
    case "drop":
      return Uint8Array.of(...head, ...tail.subarray(each.count));
  }
}

describe.each(formats)("%s", (format) => {
  test("a damaged file is read or refused, and nothing else", () => {
    fc.assert(
      fc.property(arbitraryExport, fc.array(damage, { minLength: 1, maxLength: 4 }), (data, damages) => {
        checkOutcome(damages.reduce(applyDamage, encodeExport(data, format)), format);
      }),
      { numRuns: 400 },
    );
  });

  test("bytes that are no file at all are refused", () => {
    fc.assert(
      fc.property(fc.oneof(fc.uint8Array({ maxLength: 200 }), fc.string().map(utf8), fc.json().map(utf8)), (bytes) => {
        checkOutcome(bytes, format);
        checkOutcome(bytes);
      }),
      { numRuns: 400 },
    );
  });
});

const utf8 = (text: string): Uint8Array<ArrayBuffer> => new TextEncoder().encode(text);

const foreign = fc.oneof(
  fc.jsonValue(),
  fc.constantFrom(-1, 0.5, 2 ** 53, "1e999", "-1", "NaN", null, [], {}, [[]], "__proto__"),
  fc.constant(JSON.parse('{"__proto__": {"polluted": true}}')),
);

/** Puts something foreign in one place of a JSON tree, chosen by a path of numbers. */
function graft(tree: unknown, [step = 0, ...path]: readonly number[], piece: unknown): unknown {
  if (typeof tree !== "object" || tree === null || path.length === 0) return piece;
  const keys = Object.keys(tree);
  const key = keys[step % Math.max(keys.length, 1)];
  if (key === undefined) return piece;
  const copy = (Array.isArray(tree) ? [...tree] : { ...tree }) as Record<string, unknown>;
  copy[key] = graft(copy[key], path, piece);
  return copy;
}

const places = fc.array(fc.nat(), { minLength: 1, maxLength: 8 });

test("JSON with something foreign in any place is read or refused", () => {
  fc.assert(
    fc.property(arbitraryExport, places, foreign, (data, path, piece) => {
      const tree: unknown = JSON.parse(new TextDecoder().decode(encodeExport(data, "json")));
      checkOutcome(utf8(JSON.stringify(graft(tree, path, piece))), "json");
    }),
    { numRuns: 600 },
  );
});

test("a safetensors header with something foreign in any place is read or refused", () => {
  fc.assert(
    fc.property(arbitraryExport, places, foreign, (data, path, piece) => {
      const file = encodeExport(data, "safetensors");
      const length = Number(new DataView(file.buffer).getBigUint64(0, true));
      const header: unknown = JSON.parse(new TextDecoder().decode(file.subarray(8, 8 + length)));
      const grafted = utf8(JSON.stringify(graft(header, path, piece)));
      const start = new Uint8Array(8);
      new DataView(start.buffer).setBigUint64(0, BigInt(grafted.byteLength), true);
      const whole = Uint8Array.of(...start, ...grafted, ...file.subarray(8 + length));
      checkOutcome(whole, "safetensors");
      try {
        for (const { shape, data: bytes } of fromSafetensors(whole).tensors.values()) {
          expect(bytes.byteLength === 0).toBe(shape.includes(0));
        }
      } catch (error) {
        expect(isStoreError(error, "invalid_argument")).toBe(true);
      }
    }),
    { numRuns: 600 },
  );
});

test("CSV with any text in any cell is read or refused", () => {
  const cell = fc.oneof(
    fc.string(),
    fc.json(),
    fc.constantFrom('{"map":{"__proto__":1}}', '{"integer":"1e3"}', "1e999"),
  );
  fc.assert(
    fc.property(fc.array(fc.tuple(fc.constantFrom("x", "y"), cell, cell), { maxLength: 3 }), (rows) => {
      const quoted = rows.map((row) => row.map((each) => `"${each.replaceAll('"', '""')}"`).join(","));
      checkOutcome(utf8(["name,value,constraints,type", ...quoted.map((row) => `${row},float`)].join("\n")), "csv");
    }),
    { numRuns: 600 },
  );
});

test("plain data with something foreign in any place is read or refused", () => {
  fc.assert(
    fc.property(variable, places, foreign, (each, path, piece) => {
      const tree = graft(structuredClone(toPlain(each)), path, piece);
      try {
        fromPlain(tree);
      } catch (error) {
        expect(isStoreError(error, "invalid_argument")).toBe(true);
      }
    }),
    { numRuns: 600 },
  );
});

test("values nested beyond every limit are refused in each format", () => {
  const depth = 100_000;
  const json = `{"format":"trimtab-variables","version":1,"variables":[{"value":${'{"list":{"items":['.repeat(depth)}`;
  expect(() => decodeExport(utf8(json), "json")).toThrow("data");
  const closed = `${json}{}${"]}}".repeat(depth)}}]}`;
  checkOutcome(utf8(closed), "json");
  checkOutcome(utf8(`name,type,value\nx,float,${"[".repeat(depth)}${"]".repeat(depth)}`), "csv");
  checkOutcome(utf8(`name,type,value\nx,float,"${"[".repeat(40)}${"]".repeat(40)}"`), "csv");
});
