import type { NdArray } from "./nd-array.ts";
import { type Payload, toPayload, type Value } from "./payload.ts";

/** Compares two payloads bit by bit: `NaN` equals itself, `0` and `-0` differ, map order does not matter. */
export function payloadEquals(a: Payload, b: Payload): boolean {
  switch (a.kind) {
    case "null":
      return b.kind === "null";
    case "bytes":
      return b.kind === "bytes" && bytesEqual(a.value, b.value);
    case "array":
      return b.kind === "array" && arraysEqual(a.value, b.value);
    case "list":
      return (
        b.kind === "list" &&
        a.value.length === b.value.length &&
        a.value.every((item, i) => payloadEquals(item, b.value[i] as Payload))
      );
    case "map":
      return b.kind === "map" && mapsEqual(a.value, b.value);
    default:
      return a.kind === b.kind && Object.is(a.value, b.value);
  }
}

/** Compares plain data as {@link payloadEquals} does. */
export const valueEquals = (a: Value, b: Value): boolean =>
  Object.is(a, b) || payloadEquals(toPayload(a), toPayload(b));

const arraysEqual = (a: NdArray, b: NdArray) =>
  a.dtype === b.dtype &&
  a.shape.length === b.shape.length &&
  a.shape.every((extent, i) => extent === b.shape[i]) &&
  bytesEqual(a.data, b.data);

function mapsEqual(a: ReadonlyMap<string, Payload>, b: ReadonlyMap<string, Payload>): boolean {
  if (a.size !== b.size) return false;
  for (const [key, item] of a) {
    const other = b.get(key);
    if (other === undefined || !payloadEquals(item, other)) return false;
  }
  return true;
}

function bytesEqual(a: Uint8Array, b: Uint8Array): boolean {
  if (a.byteLength !== b.byteLength) return false;
  let i = 0;
  // Four bytes at a time where both begin at a word, as what types encode does.
  if (a.byteOffset % wordBytes === 0 && b.byteOffset % wordBytes === 0) {
    const words = Math.floor(a.byteLength / wordBytes);
    const [left, right] = [
      new Uint32Array(a.buffer, a.byteOffset, words),
      new Uint32Array(b.buffer, b.byteOffset, words),
    ];
    for (; i < words; i++) if (left[i] !== right[i]) return false;
    i *= wordBytes;
  }
  for (; i < a.byteLength; i++) if (a[i] !== b[i]) return false;
  return true;
}

const wordBytes = Uint32Array.BYTES_PER_ELEMENT;
