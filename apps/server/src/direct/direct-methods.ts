import { create, type DescMessage, type DescMethod, fromJsonString, isMessage, type Message } from "@bufbuild/protobuf";
import {
  type ConnectRouter,
  createServiceImplSpec,
  type HandlerContext,
  type MethodImplSpec,
} from "@connectrpc/connect";
import { createMethodSerializationLookup, type UniversalHandlerOptions } from "@connectrpc/connect/protocol";
import { forEachService, toConnectError } from "@trimtab/transport-connect";
import { quoteIntegers } from "@trimtab/wire";
import { decodeMessage, offsetOfLargeBytes, toBinaryPieces } from "@trimtab/wire/binary";
import { type Frame, frameOf } from "./envelope.ts";
import { explainJson } from "./explain-json.ts";

/** How the messages of one method become bytes and back, in one encoding. */
export interface Codec {
  /**
   * Reads a request.
   *
   * @throws ConnectError where the bytes are none, or too many
   */
  parse(bytes: Uint8Array): Message;
  /** Where large bytes in a request begin, going by the request's own beginning; `undefined` where there are none. */
  offsetOfLargeBytes(head: Uint8Array): number | undefined;
  /**
   * Writes what a handler gives, in an envelope. What it gives as a whole message, rather than as fields of one, it may
   * give again: the bytes of one message are made once, however many streams it goes out on.
   */
  frame(message: unknown): Frame;
}

/** A method that is served without Connect's own layers: one request, and one answer or a stream of them. */
export interface DirectMethod {
  readonly method: DescMethod;
  readonly isStream: boolean;
  readonly jsonOptions: UniversalHandlerOptions["jsonOptions"];
  /** The service's implementation, as it was given to the router. */
  readonly invoke: (request: Message, context: HandlerContext) => unknown;
  readonly binary: Codec;
  readonly json: Codec;
}

/** What of the server's limits the codecs keep. */
export interface CodecLimits {
  readonly readMaxBytes: number;
}

/**
 * Finds the methods with one request, by path, that routes register: the same definitions, implementations and options
 * that Connect's router is given.
 */
export function collectDirectMethods(
  routes: (router: ConnectRouter) => void,
  limits: CodecLimits,
): ReadonlyMap<string, DirectMethod> {
  const methods = new Map<string, DirectMethod>();
  forEachService(routes, (service, implementation, options = {}) => {
    for (const spec of Object.values(createServiceImplSpec(service, implementation).methods)) {
      const direct = toDirectMethod(spec, options, limits);
      if (direct !== undefined) methods.set(`/${service.typeName}/${spec.method.name}`, direct);
    }
  });
  return methods;
}

/** The size up to which the bytes of a unary answer are kept for the next time; larger ones are not held twice. */
const keptBytes = 64 * 1024;

const utf8 = new TextDecoder();

/** What an error about JSON may take among gRPC's trailers, with room for the other ones. */
const maxTrailerBytes = 7500;

/** A message is limited by what a buffer holds, as it is by Connect. */
const writeMaxBytes = 0xffffffff;

function toDirectMethod(
  { kind, method, impl }: MethodImplSpec,
  { binaryOptions, jsonOptions }: Partial<UniversalHandlerOptions>,
  { readMaxBytes }: CodecLimits,
): DirectMethod | undefined {
  if (kind !== "unary" && kind !== "server_streaming") return undefined;
  const lookup = createMethodSerializationLookup(method, binaryOptions, jsonOptions, { readMaxBytes, writeMaxBytes });
  const codec = (isBinary: boolean): Codec => {
    const { parse } = lookup.getI(isBinary);
    const { serialize } = lookup.getO(isBinary);
    const toPieces = (message: Message): readonly Uint8Array[] => {
      if (!isBinary) return [serialize(message)];
      try {
        return toBinaryPieces(method.output, message);
      } catch {
        // Connect has its own words for it.
        return [serialize(message)];
      }
    };
    const parseBinary = (bytes: Uint8Array): Message => {
      if (bytes.byteLength > readMaxBytes) return parse(bytes);
      try {
        return decodeMessage(method.input, bytes);
      } catch {
        return parse(bytes);
      }
    };
    const parseJson = (bytes: Uint8Array): Message => {
      const quoted = bytes.byteLength > readMaxBytes ? undefined : withIntegersQuoted(bytes);
      try {
        return quoted === undefined ? parse(bytes) : fromJsonString(method.input, quoted, jsonOptions);
      } catch (error) {
        if (bytes.byteLength > readMaxBytes) throw error;
        // Connect's own words name neither the path nor what is wanted.
        throw toConnectError(explainJson(method.input, quoted ?? utf8.decode(bytes), error), { maxTrailerBytes });
      }
    };
    const frames = new WeakMap<Message, Frame>();
    return {
      parse: isBinary ? parseBinary : parseJson,
      offsetOfLargeBytes: (head) => (isBinary ? offsetOfLargeBytes(method.input, head) : undefined),
      frame(given) {
        if (!isMessage(given, method.output)) return frameOf(0, toPieces(complete(method.output, given)));
        let frame = frames.get(given);
        if (frame === undefined) {
          frame = frameOf(0, toPieces(given));
          if (kind === "server_streaming" || frame.length <= keptBytes) frames.set(given, frame);
        }
        return frame;
      },
    };
  };
  return {
    method,
    isStream: kind === "server_streaming",
    jsonOptions,
    invoke: impl as DirectMethod["invoke"],
    binary: codec(true),
    json: codec(false),
  };
}

const integerKey = Buffer.from('"integer"');

/** JSON in which integers would be rounded, with these in quotes; `undefined` where there are none. */
function withIntegersQuoted(bytes: Uint8Array): string | undefined {
  if (!Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).includes(integerKey)) return undefined;
  const text = utf8.decode(bytes);
  const quoted = quoteIntegers(text);
  return quoted === text ? undefined : quoted;
}

const complete = (schema: DescMessage, fields: unknown): Message => create(schema, fields as Record<string, unknown>);
