import fc from "fast-check";
import {
  block,
  continuation,
  data,
  fieldsOf,
  frame,
  headers,
  priority,
  resetStream,
  settings,
  windowUpdate,
} from "./frames.ts";

/** Makes bytes for a stream. */
type Make = (id: number) => Buffer;

/** A frame, or a few that belong together, on a new stream or on one of those that there are. */
interface Step {
  readonly isNew: boolean;
  /** Which of the streams that there are, counted from the newest. */
  readonly back: number;
  readonly make: Make;
}

const someBytes = fc.uint8Array({ maxLength: 300 });
const paths = fc.constantFrom("/", "/", "/silent", "/early", "/reset", "/begun", "");
const lengths = fc.option(fc.constantFrom("0", "5", "x"), { nil: undefined, freq: 3 });

const request = fc
  .record({ isLast: fc.boolean(), path: paths, length: lengths, isWhole: fc.boolean() })
  .map(({ isLast, path, length, isWhole }): Make => {
    const fields = fieldsOf({ ":method": "POST", ":path": path, "content-length": length });
    const more = block([["x-more", "yes"]]);
    return (id) =>
      isWhole
        ? headers(id, fields, { isLast })
        : Buffer.concat([headers(id, fields, { isLast, isWhole }), continuation(id, more)]);
  });

const body = fc.tuple(someBytes, fc.boolean()).map(
  ([bytes, isLast]): Make =>
    (id) =>
      data(id, bytes, isLast),
);

const paddedBody = fc.tuple(someBytes, fc.nat(255)).map(([bytes, padding]): Make => {
  const payload = Buffer.concat([Buffer.of(padding), bytes, Buffer.alloc(padding)]);
  return (id) => frame(0, 8, id, payload);
});

const settingsNames = fc.constantFrom(1, 2, 3, 4, 99);
const settingsValues = fc.oneof(fc.constantFrom(0, 1, 65_535), fc.nat(100_000));
const someSettings = fc.array(fc.tuple(settingsNames, settingsValues), { maxLength: 3 }).map(
  (entries): Make =>
    () =>
      settings(entries.filter(([name, value]) => name !== 2 || value < 2)),
);

const others: readonly Make[] = [
  (id) => resetStream(id),
  (id) => priority(id),
  (id) => headers(id, [["x-sum", "7"]]),
  () => frame(6, 0, 0, Buffer.from("whatever")),
  () => frame(77, 1, 0),
];

const ofOld = fc.oneof(
  { weight: 6, arbitrary: body },
  { weight: 2, arbitrary: paddedBody },
  {
    weight: 2,
    arbitrary: fc.nat(100_000).map(
      (bytes): Make =>
        (id) =>
          windowUpdate(id, bytes),
    ),
  },
  { weight: 2, arbitrary: fc.constant<Make>(() => windowUpdate(0, 1000)) },
  { weight: 1, arbitrary: someSettings },
  { weight: 3, arbitrary: fc.constantFrom(...others) },
);

/** Frames of any type, flags and payload, which have the length that they say. */
const anyFrame = fc
  .tuple(fc.nat(11), fc.nat(255), fc.constantFrom(0, 1, 2), fc.uint8Array({ maxLength: 40 }))
  .map(([type, flags, ofWhich, payload]): Make => {
    return (id) => frame(type, flags, ofWhich === 0 ? 0 : id - 1 + ofWhich, payload);
  });

const step = (isNew: boolean, make: fc.Arbitrary<Make>) =>
  fc.record({ isNew: fc.constant(isNew), back: fc.nat(3), make });

/** Frames as a client sends them, with so many of any kind among every ten. */
export function arbitrarySequence(unlikely: number): fc.Arbitrary<readonly Buffer[]> {
  const steps = fc.oneof(
    { weight: 3, arbitrary: step(true, request) },
    { weight: 7 - unlikely, arbitrary: step(false, ofOld) },
    { weight: unlikely, arbitrary: step(false, anyFrame) },
  );
  return fc.array(steps, { minLength: 5, maxLength: 60, size: "max" }).map((all) => {
    let last = 1;
    const first: Step = {
      isNew: false,
      back: 0,
      make: (id) => headers(id, fieldsOf({ ":method": "POST" }), { isLast: false }),
    };
    return [first, ...all].map(({ isNew, back, make }) => {
      if (isNew) last += 2;
      return make(isNew ? last : Math.max(1, last - back * 2));
    });
  });
}

/** Cuts bytes at arbitrary places. */
export function cutAt(bytes: Buffer, places: readonly number[]): readonly Buffer[] {
  const inside = places.map((place) => place % (bytes.length + 1));
  const sorted = [...new Set([0, ...inside, bytes.length])].sort((a, b) => a - b);
  return sorted.slice(1).map((end, index) => bytes.subarray(sorted[index], end));
}
