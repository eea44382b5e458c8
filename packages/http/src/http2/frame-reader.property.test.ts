import fc from "fast-check";
import { expect, it } from "vitest";
import { ConnectionError } from "./connection-error.ts";
import { FrameReader } from "./frame-reader.ts";
import { arbitrarySequence, cutAt } from "./test-parts/arbitrary-frames.ts";
import { frame } from "./test-parts/frames.ts";

/** Reads pieces, and says what was heard; of DATA all bytes together, in whatever pieces they came. */
function heard(pieces: readonly Buffer[]): readonly unknown[] {
  const events: unknown[] = [];
  let body: Buffer[] = [];
  const reader = new FrameReader({
    onFrame: (type, flags, id, payload) => events.push([type, flags, id, payload.toString("hex")]),
    onDataHead: (id, length) => events.push([id, length]),
    onDataBytes: (bytes) => body.push(bytes),
    onDataEnd: (isLast) => {
      events.push([isLast, Buffer.concat(body).toString("hex")]);
      body = [];
    },
  });
  try {
    for (const piece of pieces) reader.push(Buffer.from(piece));
  } catch (error) {
    if (!(error instanceof ConnectionError)) throw error;
    events.push([error.code, error.message]);
  }
  return events;
}

const places = fc.array(fc.nat(100_000), { maxLength: 30 });

it("hears the same of the same bytes, however they are cut", () => {
  const largest = fc.constantFrom(frame(0, 1, 1, Buffer.alloc(16_384, "x")), frame(1, 4, 1, Buffer.alloc(16_384, "y")));
  const tooLarge = fc.constantFrom(frame(0, 1, 1, Buffer.alloc(16_385)), frame(9, 0, 1, Buffer.alloc(16_385)));
  const large = fc.array(fc.oneof(largest, tooLarge), { maxLength: 3 });
  fc.assert(
    fc.property(arbitrarySequence(1), large, arbitrarySequence(2), places, (before, amid, after, cuts) => {
      const bytes = Buffer.concat([...before, ...amid, ...after]);
      expect(heard(cutAt(bytes, cuts))).toEqual(heard([bytes]));
    }),
  );
});

it("hears the same of the same bytes one by one", () => {
  fc.assert(
    fc.property(arbitrarySequence(1), (sent) => {
      const bytes = Buffer.concat(sent);
      expect(heard(Array.from(bytes, (byte) => Buffer.of(byte)))).toEqual(heard([bytes]));
    }),
  );
});
