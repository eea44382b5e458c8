import fc from "fast-check";

/** What somebody sends over a connection, piece by piece. */
export type HostileConnection = readonly Buffer[];

/** Makes a frame of HTTP/2 (RFC 9113, section 4.1), whose length may be said wrongly. */
function frame(
  type: number,
  stream: number,
  { payload = Buffer.alloc(0), flags = 0, length = payload.length }: FrameParts = {},
): Buffer {
  const head = Buffer.alloc(9);
  head.writeUIntBE(length & 0xffffff, 0, 3);
  head.writeUInt8(type, 3);
  head.writeUInt8(flags, 4);
  head.writeUInt32BE(stream >>> 0, 5);
  return Buffer.concat([head, payload]);
}

interface FrameParts {
  readonly payload?: Buffer;
  readonly flags?: number;
  readonly length?: number;
}

const preface = Buffer.concat([Buffer.from("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"), frame(4, 0)]);

/** A field as HPACK writes it without compression or memory (RFC 7541, section 6.2.2); its length may be said wrongly. */
function field(name: string, value: string): Buffer {
  const text = (part: string) => Buffer.concat([hpackLength(part.length), Buffer.from(part, "latin1")]);
  return Buffer.concat([Buffer.alloc(1), text(name), text(value)]);
}

/** A length as HPACK writes it with a prefix of seven bits (RFC 7541, section 5.1). */
function hpackLength(length: number): Buffer {
  if (length < 127) return Buffer.from([length]);
  const bytes = [127];
  let left = length - 127;
  for (; left >= 128; left >>>= 7) bytes.push((left & 127) | 128);
  return Buffer.from([...bytes, left]);
}

const path = "/trimtab.v1.VariableService/SetVariable";

const requestFields = fc
  .array(
    fc.oneof(
      fc.constantFrom<[string, string][]>(
        [":method", "POST"],
        [":path", path],
        [":path", "/trimtab.v1.WatchService/WatchVariables"],
        [":scheme", "http"],
        [":authority", "x"],
        ["content-type", "application/grpc"],
        ["content-type", "application/connect+json"],
        ["content-length", "99999999999"],
        ["grpc-timeout", "99999999H"],
        ["connect-timeout-ms", "0"],
        ["te", "trailers"],
        ["transfer-encoding", "chunked"],
        ["Upper", "case"],
        ["cookie", "x".repeat(20_000)],
        ["__proto__", "x"],
      ),
      fc.tuple(fc.string({ unit: "binary-ascii", maxLength: 12 }), fc.string({ unit: "binary-ascii", maxLength: 40 })),
    ),
    { minLength: 1, maxLength: 12 },
  )
  .map((fields) => Buffer.concat(fields.map(([name, value]) => field(name, value))));

const payload = fc.oneof(
  { weight: 4, arbitrary: fc.uint8Array({ maxLength: 40 }).map((bytes) => Buffer.from(bytes)) },
  { weight: 4, arbitrary: requestFields },
  { weight: 1, arbitrary: fc.constantFrom(Buffer.alloc(16_384, 0x82), Buffer.alloc(30_000), Buffer.alloc(0)) },
);

const anyFrame = fc
  .record({
    type: fc.integer({ min: 0, max: 12 }),
    stream: fc.constantFrom(0, 1, 1, 1, 3, 5, 2, 2 ** 31 - 1, 2 ** 32 - 1),
    payload,
    flags: fc.constantFrom(0, 1, 4, 5, 8, 0x20, 0x2d, 0xff),
    length: fc.option(fc.constantFrom(0, 1, 5, 2 ** 24 - 1), { nil: undefined, freq: 8 }),
  })
  .map(({ type, stream, length, ...parts }) =>
    frame(type, stream, length === undefined ? parts : { ...parts, length }),
  );

/** Frames by the thousand that cost the sender nothing: pings, settings, resets, empty data, headers without end. */
const floods = fc
  .tuple(fc.constantFrom("ping", "settings", "reset", "data", "continuation", "priority"), fc.constantFrom(100, 3000))
  .map(([kind, count]) => {
    const open = frame(1, 1, { payload: Buffer.concat([field(":method", "POST"), field(":path", path)]), flags: 0 });
    const repeated = {
      ping: () => frame(6, 0, { payload: Buffer.alloc(8) }),
      settings: () => frame(4, 0, { payload: Buffer.from([0, 3, 0, 0, 0, 1]) }),
      reset: (i: number) =>
        Buffer.concat([frame(1, 2 * i + 1, { payload: opened, flags: 4 }), frame(3, 2 * i + 1, cancel)]),
      data: () => frame(0, 1),
      continuation: () => frame(9, 1, { payload: field("x", "y".repeat(100)) }),
      priority: (i: number) => frame(2, 2 * i + 1, { payload: Buffer.alloc(5) }),
    }[kind];
    return Buffer.concat([
      ...(kind === "continuation" ? [open] : []),
      ...Array.from({ length: count }, (_, i) => repeated(i)),
    ]);
  });
const opened = Buffer.concat([
  field(":method", "POST"),
  field(":scheme", "http"),
  field(":path", path),
  field(":authority", "x"),
  field("content-type", "application/json"),
]);
const cancel = { payload: Buffer.from([0, 0, 0, 8]) };

const http2 = fc
  .array(fc.oneof({ weight: 9, arbitrary: anyFrame }, { weight: 1, arbitrary: floods }), {
    minLength: 1,
    maxLength: 12,
  })
  .map((frames) => [preface, ...frames]);

const line = fc.oneof(
  fc.constantFrom(
    `POST ${path} HTTP/1.1`,
    `POST ${path} HTTP/9.9`,
    "GET / HTTP/1.1",
    "OPTIONS * HTTP/1.1",
    "CONNECT x:1 HTTP/1.1",
    "GET http://x/ HTTP/1.1",
    "GET //x/%zz/../.. HTTP/1.1",
    `GET /${"x".repeat(20_000)} HTTP/1.1`,
    "host: x",
    "host: :::",
    "content-type: application/json",
    "content-type: application/connect+json",
    "content-length: 4",
    "content-length: -1",
    "content-length: 18446744073709551616",
    "transfer-encoding: chunked",
    "transfer-encoding: chunked, chunked",
    "expect: 100-continue",
    "upgrade: h2c",
    "connection: upgrade, http2-settings",
    "content-encoding: gzip",
    "__proto__: x",
    "\tfolded",
    "ffffffffffffffff",
    "4;x=y",
    "0",
    "{}{}",
    "",
    "",
  ),
  fc.string({ unit: "binary-ascii", maxLength: 60 }),
);

const http1 = fc
  .tuple(fc.array(line, { minLength: 1, maxLength: 20 }), fc.constantFrom("\r\n", "\r\n", "\r\n", "\n", "\r"))
  .map(([lines, end]) => [Buffer.from(lines.map((each) => `${each}${end}`).join(""), "latin1")]);

/** Gives connections that speak HTTP/2 badly, HTTP/1.1 badly, or neither. */
export const hostileConnection: fc.Arbitrary<HostileConnection> = fc.oneof(
  { weight: 5, arbitrary: http2 },
  { weight: 4, arbitrary: http1 },
  { weight: 1, arbitrary: fc.uint8Array({ maxLength: 2000 }).map((bytes) => [Buffer.from(bytes)]) },
);
