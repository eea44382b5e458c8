import type { OutgoingHttpHeaders } from "node:http";
import type { Exchange } from "@trimtab/http";

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
 * Sends the body of an answer at the pace at which the caller takes it. `begin` is called once, when the first bytes are there, or
 * when there are none; what follows the body is left to whoever calls. A caller that goes away ends the iteration. What the body throws
 * is thrown on; where the answer had begun it is broken off.
 */
export async function sendBody(exchange: Exchange, body: AsyncIterable<Uint8Array>, begin: () => void): Promise<void> {
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
      if (exchange.isClosed) return;
    }
  } catch (error) {
    if (hasBegun) exchange.reset();
    throw error;
  }
  if (!hasBegun) begin();
}

/** Answers that the server failed, where an answer has not begun; one that has is closed, and nothing more is said. */
export const sendFailure = (exchange: Exchange, fields?: OutgoingHttpHeaders): void =>
  sendText(exchange, { status: 500, text: "the server failed\n", ...(fields !== undefined && { fields }) });
