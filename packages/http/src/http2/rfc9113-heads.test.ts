import { expect, it } from "vitest";
import { fieldsIn } from "./test-parts/describe-frame.ts";
import { answered, describeRules, fails, type Rule } from "./test-parts/describe-rules.ts";
import { block, data, type Fields, fieldsOf, get, headers, post } from "./test-parts/frames.ts";
import { openRaw } from "./test-parts/raw-client.ts";
import { answer, serve } from "./test-parts/serve.ts";

const malformed = (id = 1) => [`RST_STREAM ${id} PROTOCOL_ERROR`];

/** A head that is refused, sent twice, since one that came before may be known again; the connection goes on. */
const refused = (section: string, what: string, fields: Fields): Rule => [
  section,
  what,
  [headers(1, fields), headers(3, fields), get(5)],
  [...malformed(1), ...malformed(3), ...answered(5)],
];

const and = (...more: Fields): Fields => [...fieldsOf(), ...more];

describeRules("names and values of fields", [
  refused("8.2.1", "a name with a capital", and(["X-Name", "1"])),
  refused("8.2.1", "a name with a space", and(["x name", "1"])),
  refused("8.2.1", "a name with a character of no name", and(["x(name", "1"])),
  refused("8.2.1", "a name with a character beyond ASCII", and(["x-n\xe4me", "1"])),
  refused("8.2.1", "a name with a colon in it", and(["x:name", "1"])),
  refused("8.2.1", "an empty name", and(["", "1"])),
  refused("8.2.1", "a value with NUL", and(["x-name", "a\0b"])),
  refused("8.2.1", "a value with a line feed", and(["x-name", "a\nb"])),
  refused("8.2.1", "a value with a carriage return", and(["x-name", "a\rb"])),
  refused("8.2.1", "a value that begins with a space", and(["x-name", " a"])),
  refused("8.2.1", "a value that ends with a tab", and(["x-name", "a\t"])),
  ["8.2.1", "an empty value", [headers(1, and(["x-name", ""]))], answered(1)],
  ["8.2.1", "a value beyond ASCII", [headers(1, and(["x-name", "\xe4 \xff"]))], answered(1)],
  refused("8.2.2", "connection", and(["connection", "keep-alive"])),
  refused("8.2.2", "keep-alive", and(["keep-alive", "1"])),
  refused("8.2.2", "proxy-connection", and(["proxy-connection", "keep-alive"])),
  refused("8.2.2", "transfer-encoding", and(["transfer-encoding", "chunked"])),
  refused("8.2.2", "upgrade", and(["upgrade", "h2c"])),
  refused("8.2.2", "te other than trailers", and(["te", "gzip"])),
  ["8.2.2", "te of trailers", [headers(1, and(["te", "trailers"]))], answered(1)],
]);

describeRules("pseudo fields", [
  refused("8.3", "one that nobody knows", [[":nobody", "1"], ...fieldsOf()]),
  refused("8.3", "one of answers", [[":status", "200"], ...fieldsOf()]),
  refused("8.3", "one after another field", [["x-name", "1"], ...fieldsOf()]),
  refused("8.3", "one amid other fields", [...and(["x-name", "1"]), [":authority", "other"]]),
  refused("8.3", "nothing but a colon", [[":", "1"], ...fieldsOf()]),
  ...[":method", ":scheme", ":path", ":authority"].map((name) =>
    refused("8.3", `${name} twice`, [...fieldsOf(), [name, fieldsOf().find(([field]) => field === name)?.[1] ?? ""]]),
  ),
  ...[":method", ":scheme", ":path"].flatMap((name) => [
    refused("8.3.1", `no ${name}`, fieldsOf({ [name]: undefined })),
    refused("8.3.1", `an empty ${name}`, fieldsOf({ [name]: "" })),
  ]),
  ["8.3.1", "no :authority", [get(1, { ":authority": undefined })], answered(1)],
  refused("8.3.1", "a path that begins with no slash", fieldsOf({ ":path": "http://localhost/" })),
  refused("8.3.1", "a path of an asterisk", fieldsOf({ ":path": "*" })),
  ["8.3.1", "OPTIONS of an asterisk", [get(1, { ":method": "OPTIONS", ":path": "*" })], answered(1)],
  refused("8.3.1", "a method that is no token", fieldsOf({ ":method": "GET /" })),
  ["8.5", "CONNECT", [get(1, { ":method": "CONNECT", ":scheme": undefined, ":path": undefined })], answered(1)],
  refused("8.5", "CONNECT with a path", fieldsOf({ ":method": "CONNECT", ":scheme": undefined })),
  refused("8.5", "CONNECT with a scheme", fieldsOf({ ":method": "CONNECT", ":path": undefined })),
  refused("8.5", "CONNECT to nobody", [[":method", "CONNECT"]]),
  refused("8.3", "no field at all", []),
]);

describeRules("content-length", [
  ["8.1.1", "as much as was announced", [post(1, { "content-length": "3" }), data(1, "abc", true)], answered(1, 3)],
  [
    "8.1.1",
    "as much in several frames",
    [post(1, { "content-length": "3" }), data(1, "ab"), data(1, "c", true)],
    answered(1, 3),
  ],
  ["8.1.1", "too long", [post(1, { "content-length": "2" }), data(1, "abc", true)], malformed()],
  [
    "8.1.1",
    "too long in several frames",
    [post(1, { "content-length": "2" }), data(1, "ab"), data(1, "c")],
    malformed(),
  ],
  ["8.1.1", "too short", [post(1, { "content-length": "4" }), data(1, "abc", true)], malformed()],
  [
    "8.1.1",
    "too short before trailers",
    [post(1, { "content-length": "4" }), data(1, "abc"), headers(1, [["x", "y"]])],
    malformed(),
  ],
  ["8.1.1", "a body announced and none sent", [get(1, { "content-length": "1" })], malformed()],
  ["8.1.1", "no body announced and none sent", [get(1, { "content-length": "0" })], answered(1)],
  refused("8.1.1", "no number", fieldsOf({ "content-length": "three" })),
  refused("8.1.1", "a negative number", fieldsOf({ "content-length": "-1" })),
  refused("8.1.1", "two that differ", and(["content-length", "1"], ["content-length", "2"])),
]);

describeRules("trailers", [
  ["8.1", "end a request", [post(1), data(1, "abc"), headers(1, [["x-sum", "7"]])], answered(1, 3)],
  ["8.1", "with nothing in them", [post(1), headers(1, [])], answered(1)],
  ["8.1", "that do not end the request", [post(1), headers(1, [["x-sum", "7"]], { isLast: false })], malformed()],
  ["8.1", "with pseudo fields", [post(1), headers(1, [[":path", "/"]])], malformed()],
  ["8.1", "a whole head once more", [post(1), get(1)], malformed()],
  ["8.2.1", "with a capital", [post(1), headers(1, [["X-Sum", "7"]])], malformed()],
  ["8.2.1", "with a line feed", [post(1), headers(1, [["x-sum", "7\n8"]])], malformed()],
  ["8.2.2", "with a field of connections", [post(1), headers(1, [["connection", "close"]])], malformed()],
  refused("8.1", "sent again as a head", [["x-sum", "7"]]),
]);

describeRules("blocks", [
  ["4.3", "one that cannot be decoded", [headers(1, Buffer.of(0x80))], fails("COMPRESSION_ERROR", 1)],
  ["4.3", "one that ends too early", [headers(1, block(fieldsOf()).subarray(0, -1))], fails("COMPRESSION_ERROR", 1)],
  ["4.3", "trailers that cannot be decoded", [post(1), headers(1, Buffer.of(0x80))], fails("COMPRESSION_ERROR", 1)],
]);

const size = (fields: Fields) => fields.reduce((sum, [name, value]) => sum + name.length + value.length + 32, 0);

it("serves a head of the largest size and answers a larger one with 431", async () => {
  const { port, streams } = await serve(answer, { maxHeaderListBytes: 1000 });
  const client = await openRaw(port);
  const room = 1000 - size(and(["x-name", ""]));
  expect(await client.reaction(headers(1, and(["x-name", "a".repeat(room)])))).toEqual(answered(1));
  expect(await client.reaction(headers(3, and(["x-name", "a".repeat(room + 1)])))).toEqual([
    "HEADERS 3 431",
    `DATA 3 "the head of a request has at most 1000 bytes\\n" END`,
  ]);
  const large = headers(5, and(["x-name", "a".repeat(room + 1)]), { isLast: false });
  expect(await client.reaction(large)).toEqual([
    "HEADERS 5 431",
    `DATA 5 "the head of a request has at most 1000 bytes\\n" END`,
    "RST_STREAM 5 NO_ERROR",
  ]);
  expect(await client.reaction(get(7))).toEqual(answered(7));
  expect(streams).toHaveLength(2);
});

it("gives the fields of a request by their names", async () => {
  const { port, streams } = await serve();
  const client = await openRaw(port);
  const fields = and(["x-a", "1"], ["cookie", "a=1"], ["x-a", "2"], ["cookie", "b=2"], ["__proto__", "x"]);
  await client.reaction(headers(1, fields));
  const { method, path, headers: given } = streams[0] ?? {};
  expect([method, path]).toEqual(["GET", "/"]);
  expect(Object.entries(given ?? {})).toEqual([
    ...fieldsOf(),
    ["x-a", "1, 2"],
    ["cookie", "a=1; b=2"],
    ["__proto__", "x"],
  ]);
});

it("gives each of many requests with one head its own body", async () => {
  const { port, streams } = await serve();
  const client = await openRaw(port);
  for (let id = 1; id < 20; id += 2)
    expect(await client.reaction(post(id, { "content-length": "1" }), data(id, "x", true))).toEqual(answered(id, 1));
  expect(new Set(streams.map(({ headers: given }) => given)).size).toBe(1);
});

it("asks for the body of a request that expects to be asked", async () => {
  const { port } = await serve();
  const client = await openRaw(port);
  const fields = { expect: "100-continue" };
  expect(await client.reaction(post(1, fields))).toEqual(["HEADERS 1 100"]);
  expect(await client.reaction(data(1, "abc", true))).toEqual(answered(1, 3));
});

it("does not ask for a body that nobody reads", async () => {
  const { port } = await serve((stream) => {
    stream.start(417, {});
    stream.end({});
    stream.read({ onData: () => {}, onEnd: () => {} });
  });
  const client = await openRaw(port);
  const lines = await client.reaction(post(1, { expect: "100-continue" }));
  expect(lines).toEqual(["HEADERS 1 417", 'DATA 1 "" END', "RST_STREAM 1 NO_ERROR"]);
});

it("leaves fields out of an answer that speak of a connection, and adds a date", async () => {
  const fields = { connection: "close", "transfer-encoding": "chunked", "X-Name": "1", "x-many": ["1", "2"] };
  const { port } = await serve((stream) => {
    stream.start(204, fields);
    stream.end({ trailers: { "x-sum": "7", upgrade: "h2c" } });
  });
  const client = await openRaw(port);
  await client.reaction(get(1));
  const [head, trailers] = client.frames.filter(({ type }) => type === 1).map(({ payload }) => fieldsIn(payload));
  expect(head?.map(([name]) => name)).toEqual([":status", "date", "x-name", "x-many", "x-many"]);
  expect(trailers).toEqual([["x-sum", "7"]]);
});

it.each(["a\nb", "a\rb", "a\0b", "\u010a"])("refuses to send the value %j", async (value) => {
  let thrown: unknown;
  const { port } = await serve((stream) => {
    try {
      stream.start(200, { "x-name": value });
    } catch (error) {
      thrown = error;
    }
    stream.reset();
  });
  const client = await openRaw(port);
  expect(await client.reaction(get(1))).toEqual(["RST_STREAM 1 INTERNAL_ERROR"]);
  expect(thrown).toBeInstanceOf(TypeError);
});
