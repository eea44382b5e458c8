import { fromBinary, toBinary } from "@bufbuild/protobuf";
import { fromPayload, isStoreError, type Payload, payloadEquals } from "@trimtab/core";
import fc from "fast-check";
import { expect, test } from "vitest";
import { ValueSchema } from "./gen/trimtab/v1/value_pb.ts";
import { toWirePlain } from "./plain-value.ts";
import { payload as anyPayload } from "./test-parts/arbitraries.ts";
import { throughBinary, throughJson } from "./test-parts/through-the-wire.ts";
import { fromWirePlain, fromWireValue, toWireValue } from "./value.ts";

/** JSON text writes -0 as 0; nothing else is lost. */
function withoutNegativeZero(payload: Payload): Payload {
  switch (payload.kind) {
    case "number":
      return { kind: "number", value: payload.value === 0 ? 0 : payload.value };
    case "list":
      return { kind: "list", value: payload.value.map(withoutNegativeZero) };
    case "map":
      return { kind: "map", value: new Map(Array.from(payload.value, ([k, item]) => [k, withoutNegativeZero(item)])) };
    default:
      return payload;
  }
}

test("a payload comes back exactly through binary", () => {
  fc.assert(
    fc.property(anyPayload, (payload) => {
      const back = fromWireValue(throughBinary(ValueSchema, toWireValue(payload)), "value");
      expect(payloadEquals(back, payload)).toBe(true);
    }),
    { numRuns: 500 },
  );
});

test("a payload comes back exactly through JSON, but for the sign of zero", () => {
  fc.assert(
    fc.property(anyPayload, (payload) => {
      const back = fromWireValue(throughJson(ValueSchema, toWireValue(payload)), "value");
      expect(payloadEquals(withoutNegativeZero(back), withoutNegativeZero(payload))).toBe(true);
    }),
    { numRuns: 500 },
  );
});

test("reading in plain form is reading the payload and taking its plain form", () => {
  fc.assert(
    fc.property(anyPayload, (payload) => {
      expect(fromWirePlain(toWireValue(payload), "value")).toEqual(fromPayload(payload));
    }),
  );
});

test("writing a plain value needs no payload to come back the same", () => {
  fc.assert(
    fc.property(anyPayload, (payload) => {
      const plain = fromPayload(payload);
      expect(fromWirePlain(throughBinary(ValueSchema, toWirePlain(plain)), "value")).toEqual(plain);
    }),
  );
});

test("damaged bytes are refused or read as a value that can be sent again", () => {
  const damage = fc.array(fc.tuple(fc.nat(), fc.nat(255)), { minLength: 1, maxLength: 4 });
  fc.assert(
    fc.property(anyPayload, damage, (payload, changes) => {
      const bytes = toBinary(ValueSchema, toWireValue(payload));
      for (const [at, byte] of changes) if (bytes.length > 0) bytes[at % bytes.length] = byte;
      const message = (() => {
        try {
          return fromBinary(ValueSchema, bytes);
        } catch {
          return undefined;
        }
      })();
      if (message === undefined) return;
      try {
        const read = fromWireValue(message, "value");
        expect(payloadEquals(fromWireValue(throughBinary(ValueSchema, toWireValue(read)), "value"), read)).toBe(true);
      } catch (error) {
        expect(isStoreError(error, "invalid_argument")).toBe(true);
      }
    }),
    { numRuns: 1000 },
  );
});
