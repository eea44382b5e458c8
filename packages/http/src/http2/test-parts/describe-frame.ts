import { createHeaderDecoder } from "../hpack/header-decoder.ts";
import type { Fields, Frame } from "./frames.ts";

const typeNames = [
  "DATA",
  "HEADERS",
  "PRIORITY",
  "RST_STREAM",
  "SETTINGS",
  "PUSH_PROMISE",
  "PING",
  "GOAWAY",
  "WINDOW_UPDATE",
  "CONTINUATION",
];

const codeNames = [
  "NO_ERROR",
  "PROTOCOL_ERROR",
  "INTERNAL_ERROR",
  "FLOW_CONTROL_ERROR",
  "SETTINGS_TIMEOUT",
  "STREAM_CLOSED",
  "FRAME_SIZE_ERROR",
  "REFUSED_STREAM",
  "CANCEL",
  "COMPRESSION_ERROR",
  "CONNECT_ERROR",
  "ENHANCE_YOUR_CALM",
];

/** Says in a line what a frame of the server's says, such as `RST_STREAM 1 PROTOCOL_ERROR`. */
export function describeFrame(frame: Frame): string {
  const { type, flags, streamId, payload } = frame;
  const name = typeNames[type] ?? `type ${type}`;
  const end = (flags & 1) === 0 ? "" : " END";
  switch (name) {
    case "DATA":
      return `DATA ${streamId} ${payload.length > 64 ? payload.length : JSON.stringify(payload.toString())}${end}`;
    case "HEADERS":
      if ((flags & 4) === 0) return `HEADERS ${streamId} in parts${end}`;
      return `HEADERS ${streamId} ${fieldsIn(payload).find(([field]) => field === ":status")?.[1] ?? "trailers"}${end}`;
    case "RST_STREAM":
      return `RST_STREAM ${streamId} ${codeOf(payload.readUInt32BE(0))}`;
    case "GOAWAY":
      return `GOAWAY ${codeOf(payload.readUInt32BE(4))} after ${payload.readUInt32BE(0)}`;
    case "WINDOW_UPDATE":
      return `WINDOW_UPDATE ${streamId} ${payload.readUInt32BE(0)}`;
    case "SETTINGS":
    case "PING":
      return end === "" ? name : `${name} ACK`;
    default:
      return `${name} ${streamId}`;
  }
}

const codeOf = (code: number) => codeNames[code] ?? String(code);

/** Decodes a block of the server's, which refers to no table that changes. */
export function fieldsIn(payload: Uint8Array): Fields {
  const fields: (readonly [string, string])[] = [];
  createHeaderDecoder().decode(Buffer.from(payload), (name, value) => fields.push([name, value]));
  return fields;
}
