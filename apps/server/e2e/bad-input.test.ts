import { randomBytes } from "node:crypto";
import { brotliCompressSync, gzipSync } from "node:zlib";
import { create, toBinary } from "@bufbuild/protobuf";
import { SetVariableRequestSchema } from "@trimtab/wire/services";
import { describe, expect, test } from "vitest";
import { envelope, overHttp2 } from "./test-parts/raw-calls.ts";
import { keepSteady } from "./test-parts/steady-server.ts";

const maxMessageBytes = 100_000;
const server = keepSteady({ maxMessageBytes });

const variableService = "trimtab.v1.VariableService";
const setVariable = `${variableService}/SetVariable`;

interface Sent {
  readonly method?: string;
  readonly type?: string;
  readonly headers?: Record<string, string>;
}

/** Sends a body as it is, and gives the status, and the error as Connect puts it. */
async function send(
  body: string | Uint8Array<ArrayBuffer>,
  { method = setVariable, type = "application/json", headers }: Sent = {},
) {
  const init = { method: "POST", body, headers: { "content-type": type, ...headers } };
  const response = await fetch(`${server.url()}/${method}`, init);
  const text = await response.text();
  const answer = text.startsWith("{") ? JSON.parse(text) : {};
  return { status: response.status, code: answer.code, message: answer.message, detail: answer.details?.[0]?.debug };
}

const invalid = (message: string) => ({
  status: 400,
  code: "invalid_argument",
  message: expect.stringContaining(message),
});

/** A request in JSON that would set the temperature to this, were it well-formed. */
const setting = (value: string) => `{"sessionId":"s","variable":"temperature","value":${value}}`;
const nested = (depth: number) => `${'{"list":{"items":['.repeat(depth)}{"number":1}${"]}}".repeat(depth)}`;

describe("JSON that is no request", () => {
  test.each([
    ["nothing", "", "request", "cannot be read: Unexpected end of JSON"],
    ["half an object", "{", "request", "cannot be read: Expected property name"],
    ["a list", "[]", "request", "must be an object with sessionId, variable, value, expectedVersion, context, got []"],
    [
      "null",
      "null",
      "request",
      "must be an object with sessionId, variable, value, expectedVersion, context, got null",
    ],
    ["an unknown field", '{"sessionId":"s","variabel":"x"}', "variabel", "is unknown; did you mean variable?"],
    ["an unknown field further down", setting('{"numbr":1}'), "value.numbr", "is unknown; did you mean number?"],
    ["a field of no likeness", '{"colour":1}', "colour", "is unknown; there are sessionId, variable, value"],
    ["a number for text", '{"sessionId":5}', "sessionId", "must be text in well-formed Unicode, got 5"],
    ["a number for a value", setting("0.7"), "value", 'must be a value such as {"number": 0.7}, got 0.7'],
    ["text for a value", setting('"warm"'), "value", 'must be a value such as {"string": "warm"}, got "warm"'],
    ["a truth for a value", setting("true"), "value", 'must be a value such as {"boolean": true}, got true'],
    [
      "a list for a value",
      setting("[1]"),
      "value",
      'must be a value such as {"list": {"items": [{"number": 0.7}]}}, got [1]',
    ],
    [
      "a plain number in a list",
      setting('{"list":{"items":[{"number":1},2]}}'),
      "value.list.items[1]",
      'must be a value such as {"number": 2}, got 2',
    ],
    [
      "a plain number in a map",
      setting('{"map":{"entries":{"k":2}}}'),
      "value.map.entries.k",
      'must be a value such as {"number": 2}, got 2',
    ],
    ["a number beyond all floats", setting('{"number":1e999}'), "value.number", "got a number too large for 64 bits"],
    ["text for a number", setting('{"number":"warm"}'), "value.number", 'must be a number, "NaN"'],
    ["text for a list", setting('{"list":{"items":"x"}}'), "value.list.items", 'must be a list, got "x"'],
    ["text for a map", setting('{"map":{"entries":"x"}}'), "value.map.entries", "must be an object such as"],
    ["an unknown choice", setting('{"array":{"dtype":"F99"}}'), "value.array.dtype", "must be one of DTYPE_BOOL,"],
    ["a number for metadata", '{"context":{"metadata":5}}', "context.metadata", "must be an object such as"],
    ["NaN as JavaScript writes it", setting('{"number":NaN}'), "request", "is not valid JSON"],
    ["a number beyond all", setting('{"number":1e400}'), "value.number", "must be a number"],
    ["an integer of 65 bits", setting('{"integer":"18446744073709551616"}'), "value.integer", "from -2^63 to 2^63-1"],
    [
      "an integer of 65 bits as a number",
      setting('{"integer":18446744073709551617}'),
      "value.integer",
      'got "18446744073709551617"',
    ],
    [
      "half an integer",
      setting('{"integer":1.5}'),
      "value.integer",
      "must be a whole number from -2^63 to 2^63-1, got 1.5",
    ],
    ["bytes that are no base64", setting('{"bytes":"*"}'), "value.bytes", 'must be bytes in Base64, got "*"'],
    ["two values", setting('{"number":1,"string":"x"}'), "value", "has more than one of number, integer, string,"],
    ["one field twice", setting('{"number":1},"value":{"number":1.5}'), "request", "duplicate object key"],
    ["text that is no Unicode", setting('{"string":"\\ud800"}'), "value.string", "must be text in well-formed Unicode"],
    ["__proto__ as a field", setting('{"number":1},"__proto__":{"x":1}'), "__proto__", "is unknown"],
    ["lists too deep to read", setting(nested(4000)), undefined, "is nested deeper than 100 levels"],
    ["brackets without end", "[".repeat(90_000), "request", "Unexpected end of JSON"],
  ])("%s", async (_, body, field, message) => {
    const { detail, ...answer } = await send(body);
    expect(answer).toMatchObject(invalid(field === undefined ? message : `${field} `));
    expect(answer.message).toContain(message);
    expect(detail).toMatchObject({
      reason: "invalid_argument",
      details: { field: { string: field ?? answer.message.split(" ")[0] } },
    });
  });

  test.each([
    ["with its character set", "application/json; charset=utf-8", {}],
    ["with that put otherwise", "application/json;charset=UTF-8", {}],
    ["packed", "application/json", { "content-encoding": "gzip" }],
    ["packed otherwise", "Application/JSON", { "content-encoding": "br" }],
  ])("is explained %s", async (_, type, headers: Record<string, string>) => {
    const body = setting('{"numbr":1}');
    const pack = { gzip: gzipSync, br: brotliCompressSync }[headers["content-encoding"] ?? ""];
    const { detail, ...answer } = await send(new Uint8Array(pack?.(body) ?? Buffer.from(body)), { type, headers });
    expect(answer).toMatchObject(invalid("value.numbr is unknown; did you mean number?"));
    expect(detail.details.field).toEqual({ string: "value.numbr" });
  });

  test.each([
    ["application/connect+json", "WatchService/WatchVariables", '{"sessionId":5}'],
    ["application/grpc-web+json", "VariableService/GetVariable", '{"sessionId":5}'],
  ])("is explained in %s too", async (type, method, body) => {
    const message = new Uint8Array([0, 0, 0, 0, body.length, ...Buffer.from(body)]);
    const answer = await fetch(`${server.url()}/trimtab.v1.${method}`, {
      method: "POST",
      body: message,
      headers: { "content-type": type },
    });
    expect(decodeURIComponent(await answer.text())).toContain("sessionId must be text in well-formed Unicode, got 5");
  });

  test("which is much is refused in time that grows with it, and no answer is as long as what it quotes", async () => {
    const wide = setting(`{"list":{"items":[${'{"number":1},'.repeat(6000)}2]}}`);
    expect(await send(wide)).toMatchObject(invalid("value.list.items[6000] must be a value such as"));
    const { message } = await send(setting(`"${"x".repeat(90_000)}"`));
    expect(message.length).toBeLessThan(200);
  });
});

describe("JSON with a key that is no Unicode", () => {
  const body = Buffer.from('{"\\ud800":1}');
  const message = new Uint8Array([0, 0, 0, 0, body.length, ...body]);

  test.each([
    ["directly", ""],
    ["by Connect's router", "?x=y"],
  ])("is refused %s", async (_, query) => {
    const answer = await fetch(`${server.url()}/${setVariable}${query}`, {
      method: "POST",
      body: message,
      headers: { "content-type": "application/grpc-web+json" },
    });
    expect(await answer.text()).toContain("grpc-status: 3\r\n");
  });
});

describe("a request that says nothing sensible", () => {
  test.each([
    ["no session", '{"variable":"temperature","value":{"number":1}}', "sessionId is required", "sessionId"],
    ["no value", '{"sessionId":"s","variable":"temperature"}', "value is required", "value"],
    ["a value of no kind", setting("{}"), "value has no kind", "value"],
    ["lists deeper than values go", setting(nested(40)), "nested deeper than 32 levels", undefined],
    [
      "the key __proto__ in a value",
      setting('{"map":{"entries":{"__proto__":{"number":1}}}}'),
      "reserved key",
      "value.__proto__",
    ],
    [
      "the key __proto__ in metadata",
      setting('{"number":1},"context":{"metadata":{"__proto__":{"number":1}}}'),
      "reserved key",
      "context.metadata.__proto__",
    ],
    ["an array of no type", setting('{"array":{"shape":["1"],"data":"AAAA"}}'), "dtype", undefined],
    [
      "an array of other bytes",
      setting('{"array":{"dtype":"DTYPE_F32","shape":["2"],"data":"AAAA"}}'),
      "bytes",
      undefined,
    ],
    [
      "a shape beyond measure",
      setting('{"array":{"dtype":"DTYPE_F32","shape":["18446744073709551615"],"data":""}}'),
      "shape",
      undefined,
    ],
  ])("%s", async (_, body, message, field) => {
    const { detail, ...answer } = await send(body);
    expect(answer).toMatchObject(invalid(message));
    expect(detail.reason).toBe("invalid_argument");
    if (field !== undefined) expect(detail.details.field).toEqual({ string: field });
  });

  test.each([
    ["NaN for a float that takes none", setting('{"number":"NaN"}'), 400, "constraint_violation"],
    ["an unknown session", setting('{"number":1}').replace('"s"', '"nope"'), 404, "session_not_found"],
    ["a session named __proto__", setting('{"number":1}').replace('"s"', '"__proto__"'), 404, "session_not_found"],
    ["a variable named constructor", setting('{"number":1}').replace("temperature", "constructor"), 404, "not_found"],
    ["a lease of no optimization", setting('{"number":1},"context":{"fencingToken":"5"}'), 400, "invalid_argument"],
    [
      "a lease that is not held",
      setting('{"number":1},"context":{"optimizationId":"o","fencingToken":"5"}'),
      409,
      "lease_lost",
    ],
  ])("%s", async (_, body, status, reason) => {
    expect(await send(body)).toMatchObject({ status, detail: { reason } });
  });

  test("keys of maps that every object has are nothing special", async () => {
    const conditions = '"updates":[{"variable":"temperature","value":{"number":1}}],"expectedVersions":{"__proto__":1}';
    const batch = { method: `${variableService}/BatchSetVariables` };
    expect(await send(`{"sessionId":"s",${conditions}}`, batch)).toMatchObject({
      status: 404,
      detail: { reason: "not_found" },
    });
    const type = '{"sessionId":"s","spec":{"name":"x","type":"__proto__","value":{"number":1}}}';
    const register = { method: `${variableService}/RegisterVariable` };
    expect(await send(type, register)).toMatchObject({ status: 400, detail: { reason: "invalid_type" } });
    expect(({} as Record<string, unknown>)["number"]).toBeUndefined();
  });
});

describe("a batch that says much once", () => {
  test("is refused without saying it again for each item", async () => {
    const updates = Array.from({ length: 500 }, () => ({ variable: "temperature", value: { number: 1 } }));
    const body = JSON.stringify({ sessionId: "s", updates, context: { optimizationId: "o".repeat(50_000) } });
    const { detail, ...answer } = await send(body, { method: `${variableService}/BatchSetVariables` });
    expect(answer).toMatchObject(invalid("context.optimizationId has 50000 characters, at most 255 are allowed"));
    expect(detail.details.field).toEqual({ string: "context.optimizationId" });
  });

  test("and is too long is told by the field that it came in", async () => {
    const variables = Array.from({ length: 10_001 }, () => "x");
    const body = JSON.stringify({ sessionId: "s", variables });
    expect(await send(body, { method: `${variableService}/BatchDeleteVariables` })).toMatchObject({
      status: 429,
      detail: { details: { field: { string: "variables" }, limit: { integer: "10000" }, value: { integer: "10001" } } },
    });
  });
});

test("what is wrong in a file is told by its path, with the names that the file has", async () => {
  const file = { format: "trimtab-variables", version: 1, exported_at: "2026-01-01T00:00:00Z" };
  const variables = [{ id: "var_x_1", name: "x", type: "float", value: { number: 1 }, created_at: "soon" }];
  const data = Buffer.from(JSON.stringify({ ...file, variables })).toString("base64");
  const { detail, ...answer } = await send(JSON.stringify({ sessionId: "s", data }), {
    method: "trimtab.v1.TransferService/ImportVariables",
  });
  expect(answer).toMatchObject(invalid("data.variables[0].created_at must be a time such as"));
  expect(detail.details.field).toEqual({ string: "data.variables[0].created_at" });
});

describe("bytes that are no message", () => {
  const binary = { type: "application/proto" };
  const bytes = (...values: number[]) => new Uint8Array(values);
  const message = toBinary(
    SetVariableRequestSchema,
    create(SetVariableRequestSchema, { sessionId: "s", variable: "temperature" }),
  );

  // That a message cannot be parsed is INTERNAL to gRPC, and Connect follows it where the encoding is binary.
  test.each([
    ["at random", bytes(255, 254, 253, 1, 2), "illegal tag"],
    ["cut short", new Uint8Array(message.subarray(0, -3)), "premature EOF"],
    ["with text that is no UTF-8", bytes(10, 2, 0xc3, 0x28), "not valid for encoding utf-8"],
    ["nested too deep", deep(2000), "recursion"],
  ])("%s", async (_, body, problem) => {
    expect(await send(body, binary)).toMatchObject({
      status: 500,
      code: "internal",
      message: expect.stringMatching(new RegExp(`^parse binary: .*${problem}`)),
    });
  });

  /** A value that is a list in a list in a list. */
  function deep(depth: number): Uint8Array<ArrayBuffer> {
    let value = [9, 0, 0, 0, 0, 0, 0, 240, 63];
    for (let i = 0; i < depth; i++) value = field(7, field(1, value));
    return new Uint8Array([...field(1, [115]), ...field(2, [116]), ...field(3, value)]);
  }

  function field(number: number, content: number[]): number[] {
    const length: number[] = [];
    for (let left = content.length; left > 0 || length.length === 0; left >>>= 7)
      length.push((left & 127) | (left > 127 ? 128 : 0));
    return [number * 8 + 2, ...length, ...content];
  }
});

describe("a request that is too large", () => {
  const large = setting(`{"string":"${"x".repeat(200_000)}"}`);
  const tooLarge = {
    status: 429,
    code: "resource_exhausted",
    message: expect.stringMatching(
      /^message takes (\d+|too many) bytes, at most \d+ are read \(--max-message-bytes\)$/,
    ),
    detail: { reason: "limit_exceeded", details: { limit: { integer: String(maxMessageBytes) } } },
  };

  test("as it is", async () => expect(await send(large)).toMatchObject(tooLarge));

  test("only once it is unpacked", async () => {
    const packed = new Uint8Array(gzipSync(setting(`{"string":"${"x".repeat(20_000_000)}"}`)));
    expect(packed.length).toBeLessThan(maxMessageBytes);
    expect(await send(packed, { headers: { "content-encoding": "gzip" } })).toMatchObject(tooLarge);
  });

  test.each([
    ["before it is unpacked", randomBytes(200_000).toString("base64")],
    ["only once it is unpacked", "x".repeat(20_000_000)],
  ])("packed in an envelope, %s", async (_, content) => {
    const packed = gzipSync(setting(`{"string":"${content}"}`));
    const headers = { "content-type": "application/grpc+json", "grpc-encoding": "gzip" };
    const answer = await overHttp2(server.url(), { path: `/${setVariable}`, headers, body: envelope(packed, 1) });
    expect(answer.trailers).toMatchObject({ "grpc-status": "8", "grpc-message": tooLarge.message });
    expect(Buffer.from(`${answer.trailers["grpc-status-details-bin"]}`, "base64").toString("latin1")).toContain(
      "limit_exceeded",
    );
  });

  test("packed in a way that nobody knows, or badly", async () => {
    const unknown = await send("x", { headers: { "content-encoding": "zstd" } });
    expect(unknown).toMatchObject({ status: 501, code: "unimplemented", message: expect.stringContaining("zstd") });
    expect(await send("nonsense", { headers: { "content-encoding": "gzip" } })).toMatchObject(
      invalid("decompression failed"),
    );
  });
});
