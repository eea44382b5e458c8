import type { Socket } from "node:net";
import type { DescMethod, DescService } from "@bufbuild/protobuf";
import {
  Code,
  ConnectError,
  type ContextKey,
  type ContextValues,
  createContextKey,
  createContextValues,
  type HandlerContext,
} from "@connectrpc/connect";
import type { Exchange } from "@trimtab/http";
import { type CertificateNames, peerCertificate } from "../auth/caller.ts";
import { certificateNames } from "../auth/certificate-names.ts";
import type { ForwardedFor } from "../forwarded-for.ts";
import { addressOf } from "../http/address-of.ts";

/** The address that a call came from, among its context's values. */
export const peerAddress = createContextKey<string | undefined>(undefined, { description: "peer address" });

/** Makes the values of a call that tell what it came over; without `forwardedFor` no proxy is believed. */
export const peerValues = (exchange: Exchange, forwardedFor?: ForwardedFor): ContextValues =>
  new PeerValues(exchange, forwardedFor);

/** Finds out what a call came over when it is asked for, or something else is set; most calls are asked for neither. */
class PeerValues implements ContextValues {
  readonly #exchange: Exchange;
  readonly #forwardedFor: ForwardedFor | undefined;
  #values: ContextValues | undefined;

  constructor(exchange: Exchange, forwardedFor: ForwardedFor | undefined) {
    this.#exchange = exchange;
    this.#forwardedFor = forwardedFor;
  }

  get<T>(key: ContextKey<T>): T {
    if (this.#values === undefined && !peerKeys.has(key.id)) return key.defaultValue;
    return this.#all().get(key);
  }

  set<T>(key: ContextKey<T>, value: T): this {
    this.#all().set(key, value);
    return this;
  }

  delete(key: ContextKey<unknown>): this {
    this.#all().delete(key);
    return this;
  }

  #all(): ContextValues {
    this.#values ??= findPeerValues(this.#exchange, this.#forwardedFor);
    return this.#values;
  }
}

const peerKeys: ReadonlySet<symbol> = new Set([peerAddress.id, peerCertificate.id]);

function findPeerValues({ socket, headers }: Exchange, forwardedFor: ForwardedFor | undefined): ContextValues {
  const values = createContextValues();
  if (socket === undefined) return values;
  const { address, certificate } = peerOf(socket);
  const isForwarded = forwardedFor !== undefined && address !== undefined;
  const from = isForwarded ? forwardedFor(address, headers["x-forwarded-for"]) : address;
  return values.set(peerAddress, from).set(peerCertificate, certificate);
}

interface Peer {
  readonly address: string | undefined;
  readonly certificate: CertificateNames | undefined;
}

// It stays as it is while a connection lasts, and Node's HTTP/2 takes its time to tell.
const peers = new WeakMap<Socket, Peer>();

function peerOf(socket: Socket): Peer {
  let peer = peers.get(socket);
  if (peer === undefined) {
    peer = { address: socket.remoteAddress, certificate: certificateNames(socket) };
    peers.set(socket, peer);
  }
  return peer;
}

/** What a handler is told of its call. */
export interface CallContext extends HandlerContext {
  /** Fields that the handler added to the head of the answer, if any. */
  readonly addedHeader: Headers | undefined;
  /** Fields that the handler added to its trailers, if any. */
  readonly addedTrailer: Headers | undefined;
  /** Ends what hangs on the call's signal. */
  finish(reason?: unknown): void;
}

/** What a context is made of. */
export interface CallContextOptions {
  readonly exchange: Exchange;
  readonly method: DescMethod;
  readonly protocolName: string;
  readonly timeoutMs: number | undefined;
  readonly forwardedFor?: ForwardedFor | undefined;
}

/** Reads one field of a call's head, by its name in small letters; cheaply where the call is served directly. */
export const headerField = (call: HandlerContext, name: string): string | undefined =>
  call instanceof LazyContext ? call.headerField(name) : (call.requestHeader.get(name) ?? undefined);

/** Makes the context of a call. Most handlers look at little of it, so each part is made when it is asked for. */
export const createCallContext = (options: CallContextOptions): CallContext => new LazyContext(options);

/** A class, since one is made for every call and its accessors must cost nothing until they are used. */
class LazyContext implements CallContext {
  readonly #options: CallContextOptions;
  readonly #deadline: number;
  #abort: AbortController | undefined;
  #timer: NodeJS.Timeout | undefined;
  #values: ContextValues | undefined;
  #requestHeader: Headers | undefined;
  #finished = false;
  addedHeader: Headers | undefined;
  addedTrailer: Headers | undefined;

  constructor(options: CallContextOptions) {
    this.#options = options;
    this.#deadline = options.timeoutMs === undefined ? Number.POSITIVE_INFINITY : Date.now() + options.timeoutMs;
  }

  get method(): DescMethod {
    return this.#options.method;
  }

  get service(): DescService {
    return this.#options.method.parent;
  }

  get protocolName(): string {
    return this.#options.protocolName;
  }

  get requestMethod(): string {
    return this.#options.exchange.method ?? "";
  }

  get url(): string {
    const { exchange } = this.#options;
    return `${addressOf(exchange)}${exchange.path}`;
  }

  get values(): ContextValues {
    this.#values ??= peerValues(this.#options.exchange, this.#options.forwardedFor);
    return this.#values;
  }

  /** One field of the request's head, without making them all. */
  headerField(name: string): string | undefined {
    const value = this.#options.exchange.headers[name];
    return Array.isArray(value) ? value.join(", ") : (value as string | undefined);
  }

  get requestHeader(): Headers {
    this.#requestHeader ??= toHeaders(this.#options.exchange.headers);
    return this.#requestHeader;
  }

  get responseHeader(): Headers {
    this.addedHeader ??= new Headers();
    return this.addedHeader;
  }

  get responseTrailer(): Headers {
    this.addedTrailer ??= new Headers();
    return this.addedTrailer;
  }

  timeoutMs(): number | undefined {
    return this.#options.timeoutMs === undefined ? undefined : this.#deadline - Date.now();
  }

  get signal(): AbortSignal {
    if (this.#abort === undefined) {
      this.#abort = new AbortController();
      const { exchange } = this.#options;
      if (this.#finished || exchange.isClosed) this.#abort.abort(callOver);
      else {
        exchange.onClose(() => this.finish(callOver));
        this.#startTimer(this.#abort);
      }
    }
    return this.#abort.signal;
  }

  #startTimer(abort: AbortController): void {
    const left = this.timeoutMs();
    if (left === undefined) return;
    const expire = () => abort.abort(new ConnectError("the operation timed out", Code.DeadlineExceeded));
    if (left <= 0) expire();
    else this.#timer = setTimeout(expire, Math.min(left, maxTimerMs));
  }

  finish(reason?: unknown): void {
    this.#finished = true;
    if (this.#abort === undefined) return;
    clearTimeout(this.#timer);
    if (!this.#abort.signal.aborted) this.#abort.abort(reason ?? callOver);
  }
}

/** Beyond it a timer of Node goes off at once. */
export const maxTimerMs = 2 ** 31 - 1;

/** Why the signal of a call aborts that is over; one for all: finding out where an error came from is most of what it costs. */
export const callOver = new ConnectError("the call is over", Code.Canceled);

/** Gives the head of a request as Connect wants it, without HTTP/2's own fields. */
export function toHeaders(fields: Exchange["headers"]): Headers {
  const headers = new Headers();
  for (const [name, value] of Object.entries(fields)) {
    if (name.startsWith(":") || value === undefined) continue;
    for (const each of Array.isArray(value) ? value : [value]) headers.append(name, each);
  }
  return headers;
}
