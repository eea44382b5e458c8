import type { OutgoingHttpHeaders } from "node:http";
import type { Ending, Exchange } from "@trimtab/http";

/** An answer that is a text. */
export interface TextAnswer {
  readonly status: number;
  readonly text: string;
  /** Plain text unless given. */
  readonly contentType?: string;
  /** Further fields of its head. */
  readonly fields?: OutgoingHttpHeaders;
}

/** Answers with a text, or with its head alone where only that was asked for. */
export function sendText(exchange: Exchange, { status, text, contentType, fields }: TextAnswer): void {
  const bytes = Buffer.from(text);
  const own = { "content-type": contentType ?? "text/plain; charset=utf-8", "content-length": bytes.length };
  exchange.start(status, { ...fields, ...own });
  exchange.end(exchange.method === "HEAD" ? {} : { bytes });
}

/**
 * Sends how a call ended of whose answer nothing was sent. What gRPC says in trailers goes in the head, as its "Trailers-Only" (gRPC over
 * HTTP/2, responses): its clients try again, as they are told to, only where no answer has begun (proposal A6).
 */
export function sendEnding(exchange: Exchange, fields: OutgoingHttpHeaders, { bytes, trailers }: Ending): void {
  if (bytes === undefined) return void exchange.start(200, { ...trailers, ...fields }, true);
  exchange.start(200, fields);
  exchange.end({ bytes });
}

/**
 * Sends the body of an answer at the pace at which the caller takes it. `begin` is called once, when the first bytes are there; where
 * there are none it is not, and `false` says so. What follows the body is left to whoever calls. A caller that goes away ends the
 * iteration. What the body throws is thrown on; where the answer had begun it is broken off.
 */
export async function sendBody(
  exchange: Exchange,
  body: AsyncIterable<Uint8Array>,
  begin: () => void,
): Promise<boolean> {
  let goOn = (): void => {};
  exchange.onClose(() => goOn());
  let hasBegun = false;
  try {
    for await (const bytes of body) {
      if (!hasBegun) begin();
      hasBegun = true;
      if (!exchange.write(bytes) && !exchange.isClosed) {
        await new Promise<void>((resolve) => {
          goOn = resolve;
          exchange.onDrain(resolve);
        });
      }
      if (exchange.isClosed) return true;
    }
  } catch (error) {
    if (hasBegun) exchange.reset();
    throw error;
  }
  return hasBegun;
}

/** Answers that the server failed, where an answer has not begun; one that has is closed, and nothing more is said. */
export const sendFailure = (exchange: Exchange, fields?: OutgoingHttpHeaders): void =>
  sendText(exchange, { status: 500, text: "the server failed\n", ...(fields !== undefined && { fields }) });
