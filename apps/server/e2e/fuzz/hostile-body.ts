import { gzipSync } from "node:zlib";
import type { DescMessage } from "@bufbuild/protobuf";
import fc from "fast-check";
import { hostileMessage } from "./hostile-message.ts";
import { inheritedKeys } from "./hostile-text.ts";
import { writeBinary, writeJson } from "./write-message.ts";

/** What is sent as the message of a call. */
export interface HostileBody {
  readonly encoding: "json" | "proto";
  readonly bytes: Uint8Array<ArrayBuffer>;
  /** How it is packed, as the header says; absent for not at all. */
  readonly packed?: "gzip" | "br" | "zstd";
}

/**
 * Gives bodies for calls that take this message: whole messages with hostile content, such messages with bytes changed,
 * cut or repeated, JSON that is broken or too deep, bytes at random, and what unpacks to far more than it was.
 */
export function hostileBody(desc: DescMessage): fc.Arbitrary<HostileBody> {
  const message = hostileMessage(desc);
  const json = message.map((node) => toBytes(writeJson(node)));
  const binary = message.map(writeBinary);
  return fc.oneof(
    { weight: 10, arbitrary: json.map(asJson) },
    { weight: 10, arbitrary: binary.map(asProto) },
    { weight: 3, arbitrary: changed(binary).map(asProto) },
    { weight: 3, arbitrary: changed(json).map(asJson) },
    { weight: 2, arbitrary: withKeys(json).map(asJson) },
    { weight: 1, arbitrary: fc.constantFrom(...brokenJson).map(asJson) },
    { weight: 1, arbitrary: fc.uint8Array({ maxLength: 200 }).map((bytes) => asProto(new Uint8Array(bytes))) },
    { weight: 1, arbitrary: fc.constantFrom(...bombs) },
    { weight: 1, arbitrary: json.map((bytes) => packed(asJson(bytes))) },
  );
}

const toBytes = (text: string) => new Uint8Array(Buffer.from(text));
const asJson = (bytes: Uint8Array<ArrayBuffer>): HostileBody => ({ encoding: "json", bytes });
const asProto = (bytes: Uint8Array<ArrayBuffer>): HostileBody => ({ encoding: "proto", bytes });

/** Bytes with one place changed, cut off, or repeated. */
const changed = (whole: fc.Arbitrary<Uint8Array<ArrayBuffer>>) =>
  fc
    .tuple(whole, fc.nat(), fc.integer({ min: 0, max: 255 }), fc.constantFrom("flip", "cut", "repeat", "insert"))
    .map(([bytes, place, byte, how]) => {
      const at = bytes.length === 0 ? 0 : place % bytes.length;
      const [before, after] = [bytes.subarray(0, at), bytes.subarray(at)];
      const parts = {
        flip: [before, [byte], after.subarray(1)],
        cut: [before],
        repeat: [before, after, after, after],
        insert: [before, [byte, byte], after],
      }[how];
      return new Uint8Array(Buffer.concat(parts.map((part) => Uint8Array.from(part))));
    });

/** JSON with one more key that is special to JavaScript, at its top. */
const withKeys = (json: fc.Arbitrary<Uint8Array<ArrayBuffer>>) =>
  fc.tuple(json, fc.constantFrom(...inheritedKeys)).map(([bytes, key]) => {
    const text = Buffer.from(bytes).toString();
    return toBytes(`{${JSON.stringify(key)}:{"polluted":true}${text === "{}" ? "" : ","}${text.slice(1)}`);
  });

const packed = (body: HostileBody): HostileBody => ({
  ...body,
  bytes: new Uint8Array(gzipSync(body.bytes)),
  packed: "gzip",
});

const brokenJson = [
  "",
  "{",
  "[]",
  "null",
  '"x"',
  "1e999",
  "{}{}",
  "[".repeat(50_000),
  '{"a":'.repeat(20_000),
  `{"sessionId":${"[".repeat(10_000)}${"]".repeat(10_000)}}`,
  `{"sessionId":"s","value":${'{"list":{"items":['.repeat(3000)}{"number":1}${"]}}".repeat(3000)}}`,
  '{"sessionId":"\\ud800"}',
  `{${Array.from({ length: 5000 }, (_, i) => `"f${i}":0`).join(",")}}`,
].map(toBytes);

/** What is small on the wire and large once unpacked, or claims to be packed and is not. */
const bombs: HostileBody[] = [
  packed(asJson(toBytes(`{"sessionId":"${"x".repeat(50_000_000)}"}`))),
  packed(asProto(new Uint8Array(50_000_000))),
  { ...asJson(toBytes("{}")), packed: "gzip" },
  { ...asJson(toBytes("{}")), packed: "br" },
  { ...asJson(toBytes("{}")), packed: "zstd" },
];
