import type { OutgoingHttpHeaders } from "node:http";
import { Code, ConnectError } from "@connectrpc/connect";
import { type Compression, compressedFlag, mergeNonProtocolHeaders } from "@connectrpc/connect/protocol";
import { codeToHttpStatus, contentTypeUnaryJson, errorToJsonBytes } from "@connectrpc/connect/protocol-connect";
import { type Prompt, promptOf } from "@trimtab/core";
import type { Ending, Exchange } from "@trimtab/http";
import { sendEnding } from "../http/send.ts";
import type { Call } from "./call.ts";
import { type Frame, frameOf, lengthOf } from "./envelope.ts";

/** Gives the error that a caller is told of: one of Connect's as it is, and of anything else only that it happened. */
export const toConnectError = (error: unknown): ConnectError =>
  error instanceof ConnectError
    ? error
    : new ConnectError("internal error", Code.Internal, undefined, undefined, error);

/** Answers a unary call, packed where that is worth it and the caller takes it. */
export function succeed(call: Call, message: unknown, compressions: readonly Compression[]): void {
  call.context.finish();
  if (call.exchange.isClosed) return;
  let frame: Frame;
  try {
    frame = call.codec.frame(message);
  } catch (error) {
    return void fail(call, toConnectError(error));
  }
  const { length, message: pieces } = frame;
  const packing = length < packBytes.min || length > packBytes.max ? undefined : accepted(call, compressions);
  if (packing === undefined) sendMessage(call, frame);
  else
    packing.compress(Buffer.concat(pieces)).then(
      (packed) => sendMessage(call, frameOf(compressedFlag, [packed]), packing.name),
      (error: unknown) => fail(call, toConnectError(error)),
    );
}

/** Sizes of answers from which on they are packed, and beyond which not: there are the numbers of tensors, which do not shrink. */
const packBytes = { min: 1024, max: 1024 * 1024 };

/** What the caller would rather have its answer packed with. */
function accepted({ exchange, dialect }: Call, compressions: readonly Compression[]): Compression | undefined {
  const names = String(exchange.headers[dialect.acceptEncoding] ?? "").split(",");
  return names.map((name) => compressions.find((each) => each.name === name.trim())).find((each) => each !== undefined);
}

/** Ends a call with an error; nothing of its answer may have been sent. */
export function fail(call: Call, error: ConnectError): void {
  const { exchange, dialect, method, context } = call;
  context.finish(error);
  if (exchange.isClosed) return;
  if (dialect.isFramed)
    return void sendEnding(exchange, headOf(call), dialect.ending(error, method, context.addedTrailer));
  const header = new Headers(context.addedHeader);
  mergeNonProtocolHeaders(header, error.metadata);
  const bytes = errorToJsonBytes(error, method.jsonOptions);
  const fields = { "content-type": contentTypeUnaryJson, "content-length": bytes.length };
  exchange.start(codeToHttpStatus(error.code), { ...call.fields, ...Object.fromEntries(header), ...fields });
  exchange.end({ bytes });
}

function sendMessage(call: Call, frame: Frame, encoding?: string): void {
  const { exchange, dialect, method, context } = call;
  if (exchange.isClosed) return;
  const fields: OutgoingHttpHeaders = encoding === undefined ? {} : { [dialect.encoding]: encoding };
  if (dialect.isFramed) {
    return void sendFramed(call, dialect.ending(undefined, method, context.addedTrailer), { frame, fields });
  }
  fields["content-length"] = frame.length;
  for (const [name, value] of context.addedTrailer ?? []) fields[`trailer-${name}`] = value;
  start(call, fields);
  endWith(exchange, frame.message);
}

/** Sends the head of an answer that is no error by its status. */
const start = (call: Call, more: OutgoingHttpHeaders): void => call.exchange.start(200, headOf(call, more));

function headOf({ dialect, fields, context }: Call, more?: OutgoingHttpHeaders): OutgoingHttpHeaders {
  const own = { "content-type": dialect.contentType, ...more };
  const added = context.addedHeader;
  return fields === undefined && added === undefined ? own : { ...fields, ...Object.fromEntries(added ?? []), ...own };
}

/** Sends an answer in envelopes: its message, where there is one, and how the call ended. */
function sendFramed(
  call: Call,
  ending: Ending,
  { frame, fields = {} }: { frame?: Frame; fields?: OutgoingHttpHeaders } = {},
): void {
  const { bytes, trailers } = ending;
  const message = frame?.pieces ?? [];
  const pieces = joined(bytes === undefined ? message : [...message, bytes]);
  // All of a unary answer is known, so that over HTTP/1.1 it need not go in chunks.
  if (trailers === undefined && !call.method.isStream) fields["content-length"] = lengthOf(pieces);
  start(call, fields);
  endWith(call.exchange, pieces, trailers);
}

/** Up to this size pieces are copied together, which costs less than sending each by itself. */
const joinedBytes = 4096;

const joined = (pieces: readonly Uint8Array[]): readonly Uint8Array[] =>
  pieces.length > 1 && lengthOf(pieces) <= joinedBytes ? [Buffer.concat(pieces)] : pieces;

/** Sends the last bytes of an answer. */
function endWith(exchange: Exchange, pieces: readonly Uint8Array[], trailers?: Ending["trailers"]): void {
  const bytes = pieces.length === 1 ? pieces[0] : undefined;
  if (bytes === undefined) exchange.writeAll(pieces);
  if (bytes === undefined) exchange.end(trailers === undefined ? {} : { trailers });
  else exchange.end(trailers === undefined ? { bytes } : { bytes, trailers });
}

/**
 * Sends what a handler yields, at the pace at which the caller takes it: nothing is asked of the handler while bytes wait
 * to be sent. Each message is encoded once for all the streams that it goes out on.
 */
export function stream(call: Call, messages: AsyncIterable<object>): void {
  const { exchange, codec, context, dialect, method } = call;
  const iterator = messages[Symbol.asyncIterator]();
  let prompt: Prompt<object> | undefined;
  let started = false;
  let waiting = false;

  const next = (): void => {
    waiting = false;
    if (prompt === undefined) iterator.next().then(take, stop);
    else poll(prompt);
  };
  const poll = (from: Prompt<object>): void => {
    try {
      for (;;) {
        const result = from.poll();
        if (result === undefined) return void from.onReady(next);
        if (result instanceof Promise) return void result.catch(stop);
        if (!pass(result)) return;
      }
    } catch (error) {
      stop(error);
    }
  };
  const take = (result: IteratorResult<object>): void => {
    prompt ??= promptOf(iterator);
    if (pass(result)) next();
  };
  /** Sends what comes, and says whether more may follow at once. */
  const pass = (result: IteratorResult<object>): boolean => {
    if (exchange.isClosed) leave();
    else if (result.done === true) stop();
    else return send(result.value);
    return false;
  };
  const send = (message: object): boolean => {
    let frame: Frame;
    try {
      frame = codec.frame(message);
    } catch (error) {
      leave();
      stop(error);
      return false;
    }
    if (!started) {
      started = true;
      start(call, {});
    }
    let mayGoOn = true;
    for (const piece of frame.pieces) mayGoOn = exchange.write(piece);
    if (mayGoOn) return true;
    waiting = true;
    exchange.onDrain(next);
    return false;
  };
  const stop = (error?: unknown): void => {
    const failure = error === undefined ? undefined : toConnectError(error);
    if (!started && failure !== undefined) return void fail(call, failure);
    context.finish(failure);
    if (exchange.isClosed) return;
    const ending = dialect.ending(failure, method, context.addedTrailer);
    if (started) exchange.end(ending);
    else sendFramed(call, ending);
  };
  const leave = (): void => {
    context.finish();
    iterator.return?.().catch(() => {});
  };
  exchange.onClose(() => {
    context.finish();
    if (waiting) leave();
  });
  next();
}
