import type { Socket } from "node:net";
import type { Exchange } from "@trimtab/http";

/** Answers requests, now or later. */
export type ExchangeHandler = (exchange: Exchange) => void;

/** What serving requests takes. */
export interface ServingOptions {
  /** Is given every request. */
  readonly handler: ExchangeHandler;
  /** Hears of what the handler, and what it reads and listens with, have thrown; that ends only what it was thrown for. */
  readonly onFault: (error: unknown) => void;
}

/** Serves connections that speak one version of HTTP. */
export interface ProtocolServer {
  /** Serves a connection of which nothing has been read. */
  serve(socket: Socket): void;
  /** Lets clients begin nothing new, and each connection end as soon as nothing is under way on it. */
  close(): void;
}
