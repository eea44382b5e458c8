import { once } from "node:events";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { buffer } from "node:stream/consumers";
import { BinaryReader, WireType } from "@bufbuild/protobuf/wire";
import type { PageSpan } from "../page/test-parts/traced-page.ts";

/** Takes traces that are sent by OTLP over HTTP. */
export interface TraceCollector {
  /** Where to send them. */
  readonly url: string;
  readonly spans: readonly PageSpan[];
  close(): Promise<void>;
}

/** Starts a collector on a free port of this machine. */
export async function openTraceCollector(): Promise<TraceCollector> {
  const spans: PageSpan[] = [];
  const server = createServer(async (request, response) => {
    spans.push(...readSpans(await buffer(request)));
    response.end();
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/v1/traces`,
    spans,
    async close() {
      server.closeAllConnections();
      server.close();
      await once(server, "close");
    },
  };
}

/** Reads a request: its resource spans (1) have scope spans (2), and these spans (2), as OTLP's `trace.proto` numbers them. */
const readSpans = (request: Uint8Array): PageSpan[] =>
  fieldsOf(request, 1)
    .flatMap((ofResource) => fieldsOf(ofResource, 2))
    .flatMap((ofScope) => fieldsOf(ofScope, 2))
    .map((span) => ({
      traceId: hexOf(span, 1),
      spanId: hexOf(span, 2),
      parentSpanId: hexOf(span, 4),
      name: Buffer.from(fieldsOf(span, 5)[0] ?? []).toString(),
    }));

const hexOf = (message: Uint8Array, field: number): string =>
  Buffer.from(fieldsOf(message, field)[0] ?? []).toString("hex");

/** The bytes of every field of a message that has a number and a length. */
function fieldsOf(message: Uint8Array, number: number): Uint8Array[] {
  const reader = new BinaryReader(message);
  const found: Uint8Array[] = [];
  while (reader.pos < reader.len) {
    const [field, type] = reader.tag();
    if (field === number && type === WireType.LengthDelimited) found.push(reader.bytes());
    else reader.skip(type, field);
  }
  return found;
}
