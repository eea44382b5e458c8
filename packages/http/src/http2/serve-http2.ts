import type { Socket } from "node:net";
import { checkHaving, checkOptions } from "../checks.ts";
import type { Exchange } from "../exchange.ts";
import { withDefaults } from "./check-limits.ts";
import type { Http2Limits } from "./limits.ts";
import { createPulse, type Pulse } from "./pulse.ts";
import { serveConnection } from "./serve-connection.ts";

/** How a connection is served. */
export interface Http2Options {
  /** Is given every request, as soon as its head has come. */
  readonly onExchange: (stream: Exchange) => void;
  /** Hears of what `onExchange`, readers and listeners have thrown. That ends their exchange, with 500 if it was not answered. */
  readonly onFault: (error: unknown) => void;
  /** What the connection may take; what is left out has its default. */
  readonly limits?: Partial<Http2Limits>;
  /** What the limits of time are counted by; one timer for all connections unless given. */
  readonly pulse?: Pulse;
}

/** A connection that is being served. */
export interface Http2Connection {
  /** Tells the client to begin nothing more, and ends the connection once what is under way is done. */
  close(): void;
}

/**
 * Serves HTTP/2 (RFC 9113) on a connection whose client begins with the preface, in plain text or over TLS. What was read of it before is
 * put back with `unshift`. Faults of the client end its stream or the connection; they never throw.
 *
 * @throws TypeError for options that there are none of, or of another kind
 * @throws RangeError for a limit that holds nothing back, such as `NaN`
 */
export function serveHttp2(socket: Socket, options: Http2Options): Http2Connection {
  checkHaving("socket", socket, "on", "write", "destroy");
  checkOptions(options, optionNames, callbacks);
  const { pulse = commonPulse, limits, onExchange, onFault } = options;
  checkHaving("pulse", pulse, "follow");
  const connection = serveConnection(socket, { onExchange, onFault, limits: withDefaults(limits) }, pulse);
  return { close: () => connection.leave() };
}

const callbacks = ["onExchange", "onFault"] as const;
const optionNames = [...callbacks, "limits", "pulse"] as const;

const commonPulse = createPulse();
