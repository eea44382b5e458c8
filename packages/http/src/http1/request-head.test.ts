import { describe, expect, test } from "vitest";
import { readCommonHead } from "./request-head.ts";

const head = (...lines: string[]) => ["POST /a.B/C?d=e HTTP/1.1", "Host: x", ...lines].join("\r\n");

test("reads a common head", () => {
  expect(
    readCommonHead(head("Content-Type: application/json", "CONTENT-LENGTH:12", "x-note: \t a b\t ", "x-empty:")),
  ).toEqual({
    method: "POST",
    path: "/a.B/C?d=e",
    headers: { host: "x", "content-type": "application/json", "content-length": "12", "x-note": "a b", "x-empty": "" },
    bodyBytes: 12,
  });
});

test("takes a head without a length for one without a body, and lets the connection be kept", () => {
  expect(readCommonHead(head("connection: Keep-Alive"))).toMatchObject({ bodyBytes: 0 });
});

test("gives an object that names of Object's own do nothing to", () => {
  const read = readCommonHead(head("__proto__: x", "constructor: y"));
  expect(Object.keys(read?.headers ?? {})).toEqual(["host", "__proto__", "constructor"]);
});

describe("leaves to others", () => {
  test.each([
    ["another method", "GET / HTTP/1.1\r\nHost: x"],
    ["another version", "POST / HTTP/1.0\r\nHost: x"],
    ["a target that is no path", "POST http://x/ HTTP/1.1\r\nHost: x"],
    ["a space in the target", "POST /a b HTTP/1.1\r\nHost: x"],
    ["no host", "POST / HTTP/1.1\r\na: b"],
    ["two hosts", head("host: y")],
    ["two lengths", head("content-length: 1", "Content-Length: 1")],
    ["a list of lengths", head("content-length: 1, 1")],
    ["a length with a sign", head("content-length: +1")],
    ["a length that is none", head("content-length: 0x1")],
    ["an empty length", head("content-length:")],
    ["chunks", head("transfer-encoding: chunked")],
    ["a length and chunks", head("content-length: 1", "Transfer-Encoding: chunked")],
    ["a wait for leave", head("expect: 100-continue")],
    ["another protocol", head("connection: upgrade", "upgrade: h2c")],
    ["the last request", head("connection: close")],
    ["a field that comes twice", head("x: 1", "X: 2")],
    ["a space before a colon", head("x : 1")],
    ["a line that goes on", head("x: 1", " 2")],
    ["a line without a colon", head("x")],
    ["a bare line feed", head("x: 1\ny: 2")],
    ["a bare carriage return", head("x: 1\ry: 2")],
    ["a NUL", head("x: 1\0")],
    ["a name that is no token", head("x(: 1")],
    ["more fields than Node takes", head(...Array.from({ length: 100 }, (_, at) => `x-${at}: 1`))],
  ])("%s", (_, text) => expect(readCommonHead(text)).toBeUndefined());
});
