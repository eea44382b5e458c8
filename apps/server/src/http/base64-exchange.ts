import type { IncomingHttpHeaders, OutgoingHttpHeaders } from "node:http";
import type { Socket } from "node:net";
import type { BodyReader, Ending, Exchange } from "@trimtab/http";
import { sendText } from "./send.ts";

const [binaryType, textType] = ["application/grpc-web", "application/grpc-web-text"];

/**
 * Gives a request of gRPC-web in its text form, and the answer to it, as one in the binary form: bytes are in Base64 on the way, both ways
 * (gRPC-web's PROTOCOL-WEB, "Text-encoded streams"). Gives `undefined` where the request is not in that form.
 */
export function inBinary(exchange: Exchange): Exchange | undefined {
  const type = exchange.headers["content-type"]?.toLowerCase() ?? "";
  return type.startsWith(textType) ? new Base64Exchange(exchange, binaryType + type.slice(textType.length)) : undefined;
}

class Base64Exchange implements Exchange {
  readonly headers: Readonly<IncomingHttpHeaders>;
  readonly #inner: Exchange;
  /** The answer is one of gRPC-web, and not a text that says why there is none. */
  #isEncoded = false;

  constructor(inner: Exchange, contentType: string) {
    const { "content-length": _, ...headers } = inner.headers;
    this.headers = { ...headers, "content-type": contentType };
    this.#inner = inner;
  }

  get method(): string | undefined {
    return this.#inner.method;
  }

  get path(): string | undefined {
    return this.#inner.path;
  }

  get socket(): Socket {
    return this.#inner.socket;
  }

  get hasTrailers(): boolean {
    return this.#inner.hasTrailers;
  }

  get isClosed(): boolean {
    return this.#inner.isClosed;
  }

  read(reader: BodyReader): void {
    this.#inner.read(new Base64Reader(reader, this.#inner));
  }

  pause(): void {
    this.#inner.pause();
  }

  resume(): void {
    this.#inner.resume();
  }

  start(status: number, headers: OutgoingHttpHeaders, isAll?: boolean): void {
    const type = String(headers["content-type"] ?? "");
    this.#isEncoded = type.startsWith(binaryType);
    const { "content-length": _, ...fields } = headers;
    const encoded = { ...fields, "content-type": textType + type.slice(binaryType.length) };
    this.#inner.start(status, this.#isEncoded ? encoded : headers, isAll);
  }

  write(bytes: Uint8Array): boolean {
    return this.#inner.write(this.#encoded(bytes));
  }

  writeAll(pieces: readonly Uint8Array[]): boolean {
    return this.#isEncoded ? this.write(Buffer.concat(pieces)) : this.#inner.writeAll(pieces);
  }

  end({ bytes, ...ending }: Ending): void {
    this.#inner.end(bytes === undefined ? ending : { ...ending, bytes: this.#encoded(bytes) });
  }

  reset(): void {
    this.#inner.reset();
  }

  onDrain(listener: () => void): void {
    this.#inner.onDrain(listener);
  }

  onClose(listener: () => void): void {
    this.#inner.onClose(listener);
  }

  /** Each piece by itself, padded: whoever reads must not expect padding only at the end. */
  #encoded(bytes: Uint8Array): Uint8Array {
    if (!this.#isEncoded) return bytes;
    return Buffer.from(Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length).toString("base64"), "latin1");
  }
}

/** What is no Base64 of the standard alphabet (RFC 4648, section 4), with padding wherever a piece ends. */
const unsound = /[^A-Za-z0-9+/=]/;
/** Where one padded piece ends and another begins. */
const seam = /(?<==)(?=[^=])/;
/** Characters that make whole bytes. */
const group = 4;

/** Decodes a body as it comes. */
class Base64Reader implements BodyReader {
  /** What is read is copied. */
  readonly hasLetGo = true;
  readonly #reader: BodyReader;
  readonly #exchange: Exchange;
  /** The beginning of a group of which the rest is still to come. */
  #rest = "";
  #isRefused = false;

  constructor(reader: BodyReader, exchange: Exchange) {
    this.#reader = reader;
    this.#exchange = exchange;
  }

  onData(chunk: Buffer): void {
    const text = this.#rest + chunk.toString("latin1");
    const whole = text.length - (text.length % group);
    this.#rest = text.slice(whole);
    this.#take(text.slice(0, whole));
  }

  onEnd(): void {
    this.#take(this.#rest);
    if (!this.#isRefused) this.#reader.onEnd();
  }

  #take(text: string): void {
    if (this.#isRefused || text === "") return;
    if (unsound.test(text)) {
      this.#isRefused = true;
      sendText(this.#exchange, { status: 400, text: "the request is not in Base64, as its content type says\n" });
      return;
    }
    for (const piece of text.split(seam)) this.#reader.onData(Buffer.from(piece, "base64"));
  }
}
