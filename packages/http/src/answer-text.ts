import type { Exchange } from "./exchange.ts";

/** Answers with a text what nobody serves. */
export function answerText(exchange: Exchange, status: number, text: string): void {
  exchange.start(status, { "content-type": "text/plain; charset=utf-8" });
  exchange.end({ bytes: Buffer.from(text) });
}

/** Answers what whoever serves it has failed at. */
export const answerFailure = (exchange: Exchange): void => answerText(exchange, 500, "the server failed\n");
